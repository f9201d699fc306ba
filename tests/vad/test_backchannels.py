"""What asks for nothing, in the languages that are spoken here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.calls.phrases import load_phrases
from app.vad.backchannels import PHRASES, content_words, is_answerable, is_backchannel, spoken_words


@pytest.mark.parametrize("language", ["en", "tr"])
def test_the_callers_of_the_bench_are_understood(language):
    for text in load_phrases(language).backchannels.texts:
        assert is_backchannel(text, language), text
    for question in load_phrases(language).questions:
        assert is_answerable(question, language), question


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Uh-huh.", "en"),
        ("Mm-hmm, okay.", "en-US"),
        ("Tamam tamam.", "tr"),
        ("Vay be!", "tr"),
        ("Hımm, mükemmel.", "tr"),
        ("Gotcha, perfect.", "en"),
        ("Hı hı.", "en"),
        ("Ach so.", "de"),
        ("Ya veo.", "es"),
        ("Ну да.", "ru"),
        ("Okay.", "fr"),
        ("Mm-hmm.", "de"),
        ("Hmmmm, ah.", "tr"),
        ("М-м.", "ru"),
        ("Uh-huh.", "es"),
        ("Öylemi?", "tr"),
        ("hıhı", "tr"),
        ("Ok ay.", "en"),
    ],
)
def test_however_a_recogniser_writes_it(text, language):
    assert is_backchannel(text, language)


@pytest.mark.parametrize("text", ["", "...", "no", "stop", "okay i'll take it", "uh no", "i already know that"])
def test_anything_else_is_none(text):
    assert not is_backchannel(text, "en")


def test_content_is_what_is_left():
    assert content_words(spoken_words("Okay, uh huh, the soup", "en"), "en") == ("the", "soup")


def test_the_begin_of_one_at_the_end_may_be_on_its_way():
    assert content_words(["got"], "en") == ()
    assert content_words(["got", "a", "menu"], "en") == ("got", "a", "menu")
    assert content_words(["i"], "en") == ("i",)
    assert content_words(["anla"], "tr") == ()
    assert content_words(["anla", "dın"], "tr") == ("anla", "dın")
    assert content_words(["go"], "en") == ("go",)


@given(st.text(max_size=40), st.sampled_from([*PHRASES, "fr", "zh-CN"]))
def test_any_text_is_judged(text, language):
    words = spoken_words(text, language)
    left = content_words(words, language)
    assert set(left) <= set(words)
    assert is_backchannel(text, language) == (bool(words) and not left)


@given(st.lists(st.sampled_from(sorted(PHRASES["en"])), min_size=1, max_size=5))
def test_several_of_them_are_still_one(phrases):
    assert is_backchannel(" ".join(phrases), "en")


@pytest.mark.parametrize(
    ("language", "nod", "word"),
    [
        ("fr", "D'accord, oui.", "Attendez."), ("fr-FR", "ah bon", "un café"), ("it", "va bene", "aspetta"),
        ("pt-BR", "tá bom", "espera"), ("zh", "嗯嗯", "等一下"), ("zh", "好 的", "我 想 要"),
        ("ja", "そうですね", "待って"),
    ],
)  # fmt: skip
def test_nods_of_other_languages(language, nod, word):
    assert is_backchannel(nod, language)
    assert not is_backchannel(word, language)
    assert not is_backchannel(f"{nod} {word}", language)


def test_only_a_question_can_be_answered():
    assert not is_answerable("Your soup is ready.", "en")
    assert not is_answerable("Ne yazık ki lahmacun kalmadı.", "tr")
    assert not is_answerable("", "en")
    assert is_answerable("Noch eine?", "de")
    assert is_answerable("好吗？", "zh")
    assert not is_answerable("好。", "zh")
