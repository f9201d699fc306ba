"""The real templates, the real menus, the texts of packages."""

import random
import re

import pytest

from app.bench.speech.espeak import Espeak
from app.bench.texts import sentences
from app.bench.texts.sentences import everything, held_out, plain, quotations, training, unseen_pairs, unseen_templates
from app.errors import SetupError
from tests.support.packages import needing_packages

LANGUAGES = pytest.mark.parametrize("language", ["en", "tr"])
AS_WRITTEN = {"en": r"[a-z' ]+", "tr": r"[a-zçğıöşü' ]+"}


@LANGUAGES
def test_what_is_held_out_exists(language):
    held, grammar = held_out(language), everything(language)
    templates = {text for choices in grammar.groups.values() for text in choices.texts}
    assert set(held.templates) <= templates
    names = set(grammar.slots["item"].texts)
    assert {name for pair in held.pairs for name in pair} <= names
    assert len(held.pairs) == 12
    assert 30 <= len(held.templates) <= 40


@LANGUAGES
def test_training_never_sees_what_is_held_out(language):
    held, grammar = held_out(language), training(language)
    assert not {text for choices in grammar.groups.values() for text in choices.texts} & set(held.templates)
    rng, ending = random.Random(1), grammar.ending
    for _ in range(2_000):
        text = grammar.sentence(rng)
        assert not any(all(re.search(rf"\b{part}{ending}\b", text) for part in pair) for pair in held.pairs)


def test_suffixes_change_no_name_of_a_pair_in_turkish():
    """ "kebap" becomes "kebabı": such a name would be found in no other case."""
    assert not [name for pair in held_out("tr").pairs for name in pair if re.search(r"[aeıioöuü]\w+[pçk]$", name)]


@LANGUAGES
def test_the_sets_that_are_held_out_hold_nothing_else(language):
    held, rng = held_out(language), random.Random(2)
    for choices in unseen_templates(language).groups.values():
        assert set(choices.texts) <= set(held.templates)
    for _ in range(50):
        text = unseen_pairs(language).sentence(rng)
        assert any(all(part in text for part in pair) for pair in held.pairs)


@LANGUAGES
def test_sentences_are_as_the_ears_write(language):
    rng, grammar = random.Random(3), training(language)
    for _ in range(2_000):
        text = grammar.sentence(rng)
        assert text == plain(text, language)
        assert re.fullmatch(AS_WRITTEN[language], text)
        assert "  " not in text


@LANGUAGES
def test_every_template_can_be_filled(language):
    grammar, rng = everything(language), random.Random(4)
    texts = [text for choices in (*grammar.groups.values(), *grammar.slots.values()) for text in choices.texts]
    assert all(plain(grammar.fill(text, rng), language) for text in texts)
    assert set(grammar.weights) == set(grammar.groups)


def test_turkish_is_as_broad_as_english():
    english, turkish = everything("en"), everything("tr")
    counts = [sum(len(choices.texts) for choices in each.groups.values()) for each in (english, turkish)]
    assert counts[1] > 0.8 * counts[0]


@LANGUAGES
def test_the_menu_is_in_the_sentences(language):
    named = {"en": {"margherita", "pizzas", "ayran"}, "tr": {"mercimek", "çorbası", "ayran"}}
    assert named[language] <= sentences.menu_words(language)
    assert sentences.menu_words(language) <= everything(language).words()


def test_turkish_templates_know_which_names_end_with_a_possessive():
    grammar = everything("tr")
    of = dict(zip(grammar.slots["item"].texts, grammar.slots["item_acc"].texts, strict=True))
    assert of["mercimek çorbası"] == "mercimek çorbasını"
    for item in sentences._menu("tr"):
        assert item.get("compound", False) == bool(re.search("[sn][ıiuü]n[ıiuü]$|yunu$", of[item["name"]]))


@LANGUAGES
def test_open_vocabulary(language):
    kept = needing_packages(lambda: quotations(held=True, language=language))
    trained = sentences.open_vocabulary(language)
    assert len(kept) > 1_000
    assert len(trained) > 30_000
    for text in random.Random(5).sample(trained, 2_000):
        assert text == plain(text, language)
        assert 2 <= len(text.split()) <= sentences.MAX_OPEN_WORDS


@LANGUAGES
def test_training_says_no_sentence_that_is_held_out(language):
    kept = needing_packages(lambda: quotations(held=True, language=language))
    assert not set(kept) & set(sentences.open_vocabulary(language))
    assert len(set(kept)) == len(kept)


def test_folders_among_the_quotations_are_passed_over(monkeypatch, tmp_path):
    (tmp_path / "de").mkdir()
    (tmp_path / "people").write_text("this one is held out\n%\nthis one is said twice\n")
    (tmp_path / "others").write_text("this one is said twice\n")
    monkeypatch.setattr(sentences, "_FORTUNES", tmp_path)
    quotations.cache_clear()
    try:
        assert quotations(held=True) == ("this one is held out",)
    finally:
        quotations.cache_clear()


def test_no_turkish_voice_that_is_held_out_was_heard_by_the_english_ears():
    assert set(held_out("tr").voices) <= set(held_out("en").voices)


@pytest.mark.parametrize(
    ("folder", "read"), [("_FORTUNES", lambda: quotations(held=True)), ("_WORDNET", sentences.glosses)]
)
def test_missing_texts_are_named_with_their_package(monkeypatch, tmp_path, folder, read):
    monkeypatch.setattr(sentences, folder, tmp_path / "none")
    quotations.cache_clear()
    sentences.glosses.cache_clear()
    with pytest.raises(SetupError) as caught:
        read()
    assert "apt install" in caught.value.fix


def test_espeak_says_every_word_of_turkish_sentences():
    espeak = needing_packages(Espeak)
    rng, grammar = random.Random(6), training("tr")
    for _ in range(20):
        text = grammar.sentence(rng)
        speech = espeak.say(text, "tr+f2")
        assert [word.name for word in speech.words] == text.split()
        assert all(0.02 < (word.end - word.start) / espeak.rate_hz < 2.5 for word in speech.words)


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("Don't  panic!", "en", "don't panic"),
        ("'quoted' words", "en", "quoted words"),
        ("It's 5 o'clock", "en", "it's o'clock"),
        ("", "en", ""),
        ("İyi akşamlar, IRMAK nasıl?", "tr", "iyi akşamlar ırmak nasıl"),
        ("Kâğıt hâlâ Ankara’da 3 gün!", "tr", "kağıt hala ankara'da gün"),
        ("Où est-elle ?", "fr", "où est elle"),
    ],
)
def test_plain(text, language, written):
    assert plain(text, language) == written


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("A line. TBMM toplandı; iki bin yıl; 5 ev! o da geldi", "tr", ("iki bin yıl", "o da geldi")),
        ("çok uzun muvaffakiyetsizleştiricilik. vb şeyler. -mak eki. kapı açık", "tr", ("kapı açık",)),
        ("A line. One. b c d. it is 5 now; well done", "en", ("a line", "well done")),
    ],
)
def test_only_what_reads_as_a_sentence_is_open_vocabulary(text, language, said):
    assert sentences._speakable([text], language) == said


@LANGUAGES
def test_the_lexicon_has_every_word_of_the_templates_and_the_usual_ones(language):
    words = needing_packages(lambda: sentences.lexicon(language))
    rng, known = random.Random(4), set(words)
    assert sentences.COMMON < len(words) == len(known) < 2 * sentences.COMMON
    assert all(re.fullmatch(AS_WRITTEN[language], word) for word in words)
    if language == "en":  # in Turkish the templates' words grow suffixes
        for grammar in (training(), unseen_templates()):
            for _ in range(500):
                assert {word.removesuffix("'s") for word in grammar.sentence(rng).split()} <= known
