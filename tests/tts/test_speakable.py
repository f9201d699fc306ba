"""Markup, emoji, other languages, and what must hold for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tts.speakable import SpokenWord, joined, speakable

WORDS = (
    "12 3.5 1,250 $5 € ₺ TL % 10:30 14.30 1/2 ½ 3-5 - – — 2. 1st 't s km °C +90 532 http:// a.com x@y.z Mr. e.g. ** *"
    " _ ` [a](b) # ## | < > & = + / \\ ( ) [[ ]] ' \" 😀 👨‍👩‍👧 🇹🇷 1️⃣ ٣ ² ① é ﬁ \u200d \ufe0f \x00 \x1f \ud800 , . ! ? …"
)
PIECES = st.sampled_from([*WORDS.split(" "), "\n"])
TEXTS = st.one_of(
    st.text(max_size=100), st.lists(PIECES, max_size=20).map("".join), st.lists(PIECES, max_size=20).map(" ".join)
)


@given(TEXTS, st.sampled_from(["en", "tr"]))
def test_never_raises_and_leaves_no_digit(text: str, code: str):
    words = speakable(text, code)
    said = joined(words)
    assert [w.written for w in words] == text.split()
    assert not any(c.isdigit() for c in said)
    assert not set(said) & set("[]<>{}*_`|\\\x1f")


@given(TEXTS, st.sampled_from(["de", "ar", "zh", "xx", "", "pt-BR", "en_GB"]))
def test_any_language_has_one_entry_for_each_word(text: str, code: str):
    assert [w.written for w in speakable(text, code)] == text.split()


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("**bold** and *italic* and _this_ ~~not~~", "bold and italic and this not"),
        ("# Title", "Title"),
        ("- item\n* other\n+ third", "item other third"),
        ("- [x] done", "done"),
        ("> quoted", "quoted"),
        ("1. Buy milk", "one. Buy milk"),
        ("[the menu](https://a.com/b) here", "the menu here"),
        ("![a cat](cat.png)", "a cat"),
        ("Use `code` now", "Use code now"),
        ("```python\nx\n```", "x"),
        ("a | b\n|---|:-:|\nc | d", "a, b c, d"),
        ("one\n---\ntwo\n___\nthree", "one two three"),
        ("She ___ to school.", "She… to school."),
        ("Say __ , __bold__ and ___both___", "Say…, bold and both"),
        ("the sound /θ/ or /iː/, he/she, 3/4", "the sound θ or iː, he or she, three quarters"),
        ("<b>bold</b><br>&amp; more", "bold and more"),
        ("2 * 3", "two times three"),
        ("snake_case", "snake case"),
        ("😀", ""),
        ("Hi 👨‍👩‍👧 there 🇹🇷! 👍🏽", "Hi there!"),
        ("❤️ ©️ ™ 1️⃣", "one"),
        ("...", ""),
        ("(see below) “now”", "see below now"),
        ("it’s the dogs’ ‘day’", "it's the dogs day"),
        ("Wait—what?", "Wait, what?"),
        ("yes : no", "yes: no"),
        ("Hello.How,are", "Hello. How, are"),
        ("[[raw]]", "raw"),
        ("soft\xadhyphen zero\u200bwidth", "softhyphen zerowidth"),
    ],
)
def test_markup_and_pictures(written: str, spoken: str):
    assert joined(speakable(written, "en")) == spoken


@pytest.mark.parametrize(
    ("code", "written", "spoken"),
    [
        ("de", "Ich habe 21 Äpfel für 3,5 €.", "Ich habe einundzwanzig Äpfel für 3,5 €."),
        ("ar", "لدي ٣ كتب؟", "لدي ثلاثة كتب؟"),
        ("hi", "मेरे पास 5 सेब हैं।", "मेरे पास पाँच सेब हैं।"),
        ("zh", "我有3个。", "我有 三 个。"),
        ("fa", "می\u200cخواهم", "می\u200cخواهم"),
        ("xx", "5 things", "5 things"),
    ],
)
def test_other_languages_have_their_whole_numbers_in_words(code: str, written: str, spoken: str):
    assert joined(speakable(written, code)) == spoken


def test_each_written_word_keeps_what_is_said_for_it():
    assert speakable("Only $5.50 for 12 km 😀!", "en") == (
        SpokenWord("Only", "Only"),
        SpokenWord("$5.50", "five dollars and fifty cents"),
        SpokenWord("for", "for"),
        SpokenWord("12", "twelve"),
        SpokenWord("km", "kilometers"),
        SpokenWord("😀!", "!"),
    )
    assert [w.spoken for w in speakable("€ 3 at 7 pm", "en")] == ["", "three euros", "at", "seven", "PM"]
    assert [w.spoken for w in speakable("+90 532 123 45 67", "tr")][1:3] == ["beş üç iki,", "bir iki üç,"]


def test_long_nonsense_is_quick_enough_not_to_hang():
    for piece in ("-", "[", "1", "1,", "a.", "<a", "+1 ", "*_", "/a", "'", "—", "1.1-"):
        assert len(speakable(piece * (4000 // len(piece)), "en")) >= 1
