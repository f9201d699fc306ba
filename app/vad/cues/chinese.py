"""Chinese: no spaces, so by how a text begins and ends. Words and patterns. Pure."""

from __future__ import annotations

import re

from app.vad.cues.number import LONG_TELEPHONE, SHORT_TELEPHONE
from app.vad.cues.said import Mark, Said
from app.vad.cues.words import Completeness, Cue, Judgement, complete, likely, opened, unknown, unlikely, words

_SIMPLE = str.maketrans(
    "個兩請給謝見嗎麼裡幾點還這為號對沒會們時錢結賬誰歡覺應該問來後過說買單廳訂餐壓張條塊盤雙現點樣麻煩幫換從與邊愛歲",
    "个两请给谢见吗么里几点还这为号对没会们时钱结账谁欢觉应该问来后过说买单厅订餐压张条块盘双现点样麻烦帮换从与边爱岁",
)
"""Traditional characters that matter here."""
_DIGITS = "零〇一二三四五六七八九两幺十百千万半"
_MEASURES = "个份杯碗瓶只条张块位盘套件双本斤"
_WHOLE = words("""
    是 是的 不是 对 对的 不对 没错 好的 好啊 不 不要 不用 不用了 没有 有 可以 不可以 行
    不行 当然 嗯嗯 也许 可能 没问题 谢谢 谢谢你 谢谢您 多谢 非常感谢 不客气 再见 拜拜 回头见
    明天见 晚安 就这些 就这样 没有了 够了 停 等一下 等等 买单 结账 不知道 我不知道 我也是
    再说一遍 救命 没关系 几点了 多少钱 打包 要 不了 还没有 还没
""")
_AGREEING = words("好 行吧 哦 明白 明白了 知道了 好吧 喂 你好 您好 早上好 晚上好 不好意思 请问 对不起 打扰一下")
_CLOSING = tuple(words("谢谢 吗 呢 吧 好不好 可以吗 行吗 对吧 就这些 就好 就行 再见 是不是 有没有 了"))
_ASKING = tuple(words("什么 多少 哪里 哪儿 怎么 谁 几点 几个 为什么 哪个 多久 多大 怎么样 什么时候 几"))
_ORDERING = tuple(
    words("我想要 我要 请给我 给我 我想点 来 帮我 请帮我 我们要 再来 再要 我想吃 我想喝 麻烦给我 加 取消 不要 别 换成")
)
_OPEN = tuple(
    words("""
    和 还有 但是 可是 因为 所以 然后 如果 或者 还是 而且 不过 虽然 要是 比如 比如说 就是
    那个 这个 嗯 呃 额 啊 我想 我要 我想要 给我 请给我 把 跟 跟我 被 对 从 到 向 很 非常
    太 最 更 比较 是 不 没 应该 得 请 请问 帮我 再 再来 叫 姓 住在 我在 喜欢 觉得 每 第
    另外 以及 并且 除了 关于 为了 加 再加 我的 你的 他的 我们的 我有 我想点 我想吃 我想喝
""")
)
_LEANING = tuple(words("的 会 能 可以 想 要 我 你 您 他 她 我们 他们 在 一 有 没有 也 都 来 点"))
"""They may stand last, and mostly do not."""
_COUNTED = re.compile(rf"(?:^|.)[{_DIGITS}\d]+(?:个?人|[{_MEASURES}])$|[这那每哪][{_MEASURES}]$")
_MOMENT = re.compile(rf"(?:星期|礼拜|周)[一二三四五六日天]$|[{_DIGITS}\d]+点[半{_DIGITS}\d]*$")
_NUMBER = re.compile(rf"[{_DIGITS}\d]+$")
_SPELT = re.compile(r"(?:\b[a-z]\b\s*){2,}$")
_HOW_MANY = ("几", "多少", "多大")
_QUESTION_ENDS = ("吗", "呢", "吧", "？", "?")
_BARE = 2
"""Characters of a question word."""
_SHORT = 6
"""Characters of an answer that is a phrase."""


def by_characters(said: Said, asked: str) -> Judgement:
    """Judge a Chinese text as an answer to `asked`, our last sentence."""
    text = "".join(said.sentence).translate(_SIMPLE)
    asked = asked.translate(_SIMPLE)
    question = any(sign in asked for sign in (*_QUESTION_ENDS, *_ASKING))
    if said.mark is Mark.MORE:
        return opened(Cue.PUNCTUATION)
    if text in _WHOLE:
        return complete(Cue.PHRASE)
    if text == "嗯" and question:
        return complete(Cue.ANSWER)
    if text in _AGREEING:
        return complete(Cue.ANSWER) if question else likely(Cue.GREETING)
    judged = _by_number(text, asked) or _by_ends(text, said)
    if question and len(text) <= _SHORT and judged.completeness in {Completeness.UNKNOWN, Completeness.LIKELY}:
        return Judgement(Completeness(judged.completeness + 1), Cue.ANSWER)
    return judged


def _by_number(text: str, asked: str) -> Judgement | None:
    if _MOMENT.search(text):
        return likely(Cue.NUMBER)
    counted, number = _COUNTED.search(text), _NUMBER.search(text)
    if not counted and not number:
        return None
    if any(word in asked for word in _HOW_MANY):
        return complete(Cue.ANSWER)
    digits = len(number.group()) if number else 0
    if digits >= LONG_TELEPHONE:
        return complete(Cue.NUMBER)
    return unknown(Cue.NUMBER) if digits >= SHORT_TELEPHONE else opened(Cue.NUMBER)


def _by_ends(text: str, said: Said) -> Judgement:
    asking = any(word in text for word in _ASKING)
    if said.mark is Mark.QUESTION:
        return complete(Cue.QUESTION)
    if _SPELT.search(" ".join(said.words)):
        return opened(Cue.SPELLING)
    if text.endswith(_CLOSING) and not text.endswith(_OPEN):
        return complete(Cue.QUESTION if asking or text[-1] == "吗" else Cue.STATEMENT)
    if text.endswith(_OPEN) or text in _LEANING:
        return opened(Cue.HEADLESS)
    if asking and len(text) > _BARE:
        return complete(Cue.QUESTION)
    if text.endswith(_LEANING):
        return unlikely(Cue.HEADLESS)
    if text.startswith(_ORDERING):
        return complete(Cue.ORDER)
    return likely(Cue.STATEMENT) if len(text) >= _SHORT else unknown(Cue.FRAGMENT)
