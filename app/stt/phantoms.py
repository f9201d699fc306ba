"""What Whisper writes where nobody speaks, in the languages Parlor is used in. Data; compared after `junk.normal`.

Gathered from public reports of Whisper's users: subtitle credits, channel outros and the shortest frequent captions.
"""

from __future__ import annotations

CREDITS = (
    "amara org",
    "altyazı m k",
    "dimatorzok",
    "mooji org",
    "zeoranger",
    "transcription by castingwords",
    "untertitel im auftrag des zdf",
    "untertitelung des zdf",
    "untertitel von stephanie geiges",
    "sous titrage société radio canada",
    "sous titrage st 501",
    "legendas pela comunidade",
    "sottotitoli e revisione a cura di",
    "sottotitoli creati dalla comunità",
    "ondertitels ingediend door",
    "napisy stworzone przez społeczność",
    "редактор субтитров",
    "субтитры сделал",
    "字幕志愿者",
    "ترجمة نانسي قنقر",
)
"""Dropped wherever they stand: no caller says them."""

OPENINGS = ("subtitles by", "subtitled by")
"""Dropped where the text begins with them: "can you turn on subtitles by default" is a caller's."""

CALLERS = ("subtitles by default",)
"""Beginnings that are a caller's after all."""

ALONE = frozenset(
    {
        "please subscribe",
        "please subscribe to my channel",
        "please subscribe to our channel",
        "please subscribe to the channel",
    }
)
"""Dropped where they are the whole text: "please subscribe me to it" is a caller's."""

OUTROS = (
    "thanks for watching",
    "thank you for watching",
    "like and subscribe",
    "see you in the next video",
    "izlediğiniz için teşekkür",
    "izlediğiniz için teşekkürler",
    "abone olmayı unutmayın",
    "vielen dank fürs zuschauen",
    "merci davoir regardé cette vidéo",
    "noubliez pas de vous abonner",
    "gracias por ver el video",
    "suscríbete al canal",
    "obrigado por assistir",
    "grazie per aver guardato",
    "bedankt voor het kijken",
    "dziękuję za oglądanie",
    "спасибо за просмотр",
    "подписывайтесь на канал",
    "ご視聴ありがとうございました",
    "チャンネル登録",
    "请不吝点赞",
    "請不吝點贊",
    "谢谢观看",
    "謝謝觀看",
    "시청해 주셔서 감사합니다",
    "구독과 좋아요",
    "اشتركوا في القناة",
)
"""Dropped where they are more than half of the text."""

PHRASES = frozenset(
    {
        "you",
        "thank you",
        "thank you very much",
        "thanks",
        "bye",
        "bye bye",
        "so",
        "the",
        "i",
        "oh",
        "okay",
        "yeah",
        "hmm",
        "uh",
        "um",
        "teşekkürler",
        "teşekkür ederim",
        "evet",
        "danke",
        "vielen dank",
        "tschüss",
        "merci",
        "au revoir",
        "gracias",
        "adiós",
        "obrigado",
        "obrigada",
        "tchau",
        "grazie",
        "ciao",
        "bedankt",
        "dziękuję",
        "спасибо",
        "продолжение следует",
        "ありがとうございました",
        "谢谢",
        "謝謝",
        "감사합니다",
        "شكرا",
    }
)
"""Phantoms that are also usual answers: dropped only when the sound or the model's own probability is in doubt."""

_SAID = """
    zero one two three four five six seven eight nine
    sıfır bir iki üç dört beş altı yedi sekiz dokuz
    null eins zwei zwo drei vier fünf sechs sieben acht neun
    cero uno dos tres cuatro cinco seis siete ocho nueve
    zéro un deux trois quatre cinq sept huit neuf
    ноль один два три четыре пять шесть семь восемь девять
"""
DIGITS = frozenset(_SAID.split())
"""Spoken again and again in telephone and card numbers."""
