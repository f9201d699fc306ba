"""The clause splitter: chunking never matters, nothing is lost, the first clause comes early."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tts.sentences import Sentences

FIRST, LONGEST = 12, 60

PIECES = (
    'Hello. Mr. e.g. 3.5 10.30 2. No. 5 vb. J. ... … ?! " ” ) ( — - – , ; : 。 ！ ？ ， ؟ ، \n 1) * ** 😀 é a b the'
    " and Certainly, world! Is it? https://a.b/c. U.S. p.m. A B x ne\u0301 \u200d 5"
)
WORDS = st.sampled_from(PIECES.split(" "))
TEXTS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=60).map(" ".join), st.lists(WORDS).map("".join))


def split(text: str, language: str = "en", longest: int = 240, first: int = FIRST) -> list[str]:
    sentences = Sentences(first, longest, language)
    return sentences.feed(text) + sentences.flush()


@given(TEXTS, st.lists(st.integers(0, 200)), st.sampled_from(["en", "tr"]))
def test_chunking_never_matters(text: str, cuts: list[int], language: str):
    edges = [0, *sorted(min(c, len(text)) for c in cuts), len(text)]
    sentences = Sentences(FIRST, LONGEST, language)
    clauses = [c for start, end in pairwise(edges) for c in sentences.feed(text[start:end])] + sentences.flush()
    assert clauses == split(text, language, LONGEST)


@given(TEXTS, st.integers(40, 80))
def test_nothing_is_lost_and_no_clause_is_too_long(text: str, longest: int):
    clauses = split(text, longest=longest)
    assert "".join("".join(clauses).split()) == "".join(text.split())
    assert all(c and c == c.strip() and len(c) <= longest for c in clauses)


@given(TEXTS)
def test_every_clause_but_the_last_has_a_word(text: str):
    assert all(any(map(str.isalnum, c)) for c in split(text, longest=10_000)[:-1])


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Certainly, sir, your table is ready. Follow me.", ["Certainly, sir,", "your table is ready.", "Follow me."]),
        ("Yes! I have three kinds, all fresh.", ["Yes!", "I have three kinds, all fresh."]),
        ("Let me look — here it is.", ["Let me look —", "here it is."]),
        ("Here they are: one, two.", ["Here they are:", "one, two."]),
        ("I am so sorry; we are out.", ["I am so sorry;", "we are out."]),
        ("Let me think... maybe not. No.", ["Let me think...", "maybe not.", "No."]),
        ("no boundary ever comes", ["no boundary ever comes"]),
        ("hello. how are you. fine.", ["hello.", "how are you.", "fine."]),
        ("😀 Great! 😀 Next one.", ["😀 Great!", "😀 Next one."]),
        ("😀", ["😀"]),
        ("", []),
    ],
)
def test_first_clause_early(text: str, clauses: list[str]):
    assert split(text) == clauses


@pytest.mark.parametrize(
    ("language", "text", "clauses"),
    [
        ("en", "I met Mr. Smith. He left.", ["I met Mr. Smith.", "He left."]),
        ("en", "See e.g. the menu. Or ask.", ["See e.g. the menu.", "Or ask."]),
        ("en", "We have cola, etc. and more.", ["We have cola, etc. and more."]),
        ("en", "Cola, tea, etc. Then cake.", ["Cola, tea, etc.", "Then cake."]),
        ("en", "It is 3.5 km. Or 10.30 a.m. today.", ["It is 3.5 km.", "Or 10.30 a.m. today."]),
        ("en", "We close at 5 p.m. Then we go.", ["We close at 5 p.m.", "Then we go."]),
        ("en", "J. R. R. Tolkien wrote it.", ["J. R. R. Tolkien wrote it."]),
        ("en", "The U.S. Army came.", ["The U.S. Army came."]),
        ("en", "Take No. 5 please. No. I do not.", ["Take No. 5 please.", "No.", "I do not."]),
        ("en", "See https://a.com/b?c=d. Then call.", ["See https://a.com/b?c=d.", "Then call."]),
        ("en", "What?! Really?", ["What?!", "Really?"]),
        ("en", '"Stop!" he said. "Go."', ['"Stop!" he said.', '"Go."']),
        ("en", "(It is new.) Try it.", ["(It is new.)", "Try it."]),
        ("en", "**It is new.** Try it.", ["**It is new.**", "Try it."]),
        ("en", "That was in 2026. Then it ended.", ["That was in 2026.", "Then it ended."]),
        ("en", "1. Buy milk\n2. Buy tea\n- eggs", ["1. Buy milk", "2. Buy tea", "- eggs"]),
        ("en", "1.\nBuy milk", ["1. Buy milk"]),
        ("tr", "Sizi 2. katta Dr. Ayşe bekliyor. Buyurun.", ["Sizi 2. katta Dr. Ayşe bekliyor.", "Buyurun."]),
        ("tr", "Elma, armut vb. var. Saat 10.30.", ["Elma, armut vb. var.", "Saat 10.30."]),
        ("tr", "O 2. Dünya Savaşı idi.", ["O 2. Dünya Savaşı idi."]),
        ("tr", "Randevunuz Op. Dr. Ahmet Bey ile.", ["Randevunuz Op. Dr. Ahmet Bey ile."]),
        ("tr", "Öğr. Gör. Ali geldi. Kendin gör. Sonra sor.", ["Öğr. Gör. Ali geldi.", "Kendin gör.", "Sonra sor."]),
        ("tr", "Adresimiz Atatürk Cad. No: 5", ["Adresimiz Atatürk Cad. No: 5"]),
        ("tr", "Yeri Lale Cad. Buyurun.", ["Yeri Lale Cad.", "Buyurun."]),
        ("tr", "Acme Ltd. Şti. kurdu.", ["Acme Ltd. Şti. kurdu."]),
        ("tr", "Bu II. Mehmet olmalı.", ["Bu II. Mehmet olmalı."]),
        ("en", "Read chapter II. Then ask Acme Ltd. Now go.", ["Read chapter II.", "Then ask Acme Ltd.", "Now go."]),
        ("tr", "Adres No. 5 olacak. Tamam mı?", ["Adres No. 5 olacak.", "Tamam mı?"]),
        ("zh", "今天天气很好。我们去公园吧！好吗？好。", ["今天天气很好。", "我们去公园吧！", "好吗？", "好。"]),
        ("ja", "「はい。」と言った。次。", ["「はい。」", "と言った。", "次。"]),
        ("ar", "كيف حالك؟ أنا بخير. نعم", ["كيف حالك؟", "أنا بخير.", "نعم"]),
        ("fr", "Bonjour ! Ça va ? Oui.", ["Bonjour !", "Ça va ?", "Oui."]),
        ("de", "Am 3. Mai kam er. Gut.", ["Am 3. Mai kam er.", "Gut."]),
        ("hi", "मैं ठीक हूँ। आप कैसे हैं?", ["मैं ठीक हूँ।", "आप कैसे हैं?"]),
    ],
)
def test_whole_sentences(language: str, text: str, clauses: list[str]):
    assert split(text, language, first=1000) == clauses


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("你好朋友你好朋友你好朋友，今天", ["你好朋友你好朋友你好朋友，", "今天"]),
        ("现在是上午十点十五分1：30开始吧", ["现在是上午十点十五分1：30开始吧"]),
        ("مرحبا بك يا صديقي، كيف", ["مرحبا بك يا صديقي،", "كيف"]),
    ],
)
def test_first_clause_in_other_scripts(text: str, clauses: list[str]):
    assert split(text) == clauses


def test_a_long_clause_is_cut_at_a_comma_then_between_words_then_anywhere():
    assert split("aaaa bbbb cccc dddd, eeee ffff gggg hhhh iiii", longest=40, first=1000)[0] == "aaaa bbbb cccc dddd,"
    assert split("aaaa bbbb cccc dddd eeee ffff the gggg hhhh", longest=40, first=1000)[0].endswith("ffff the gggg")
    assert split("aaaa bbbb cccc dddd eeee ffff gggg of the hhhh", longest=41, first=1000)[0].endswith("gggg")
    assert split("x" * 50, longest=40) == ["x" * 40, "x" * 10]
    assert split("a" * 39 + "e\u0301" * 5, longest=40, first=1000)[0] == "a" * 39
    assert split("你" * 30 + "，" + "你" * 20, longest=40, first=1000)[0] == "你" * 30 + "，"


def test_a_clause_comes_as_soon_as_the_next_word_begins():
    sentences = Sentences(FIRST, 240)
    assert sentences.feed("Of course") == []
    assert sentences.feed(", one cola.") == []
    assert sentences.feed(" Any") == ["Of course, one cola."]
    assert sentences.flush() == ["Any"]
    assert sentences.feed("Well then now, ") == []
    assert sentences.feed("go") == ["Well then now,"]
