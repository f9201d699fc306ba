import random

import pytest

from app.bench.dialogue.menu import load_menu
from app.bench.dialogue.turkish import Turkish, ablative, accusative, dative, genitive, locative, narrow, wide

from .conftest import MENUS

TURKISH = Turkish()


@pytest.mark.parametrize(
    ("name", "compound", "forms"),
    [
        ("kola", False, "kolayı kolaya kolanın kolada koladan"),
        ("ayran", False, "ayranı ayrana ayranın ayranda ayrandan"),
        ("kebap", False, "kebabı kebaba kebabın kebapta kebaptan"),
        ("sütlaç", False, "sütlacı sütlaca sütlacın sütlaçta sütlaçtan"),
        ("cacık", False, "cacığı cacığa cacığın cacıkta cacıktan"),
        ("şiş", False, "şişi şişe şişin şişte şişten"),
        ("dürüm", False, "dürümü dürüme dürümün dürümde dürümden"),
        ("su", False, "suyu suya suyun suda sudan"),
        ("çorbası", True, "çorbasını çorbasına çorbasının çorbasında çorbasından"),
        ("suyu", True, "suyunu suyuna suyunun suyunda suyundan"),
    ],
)
def test_suffixes_follow_the_vowels(name, compound, forms):
    cases = (accusative, dative, genitive, locative, ablative)
    assert " ".join(case(name, compound=compound) for case in cases) == forms


def test_vowels_agree():
    assert [narrow(word) for word in ("at", "et", "ok", "öt")] == ["ı", "i", "u", "ü"]
    assert [wide(word) for word in ("at", "et", "ok", "öt")] == ["a", "e", "a", "e"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "sıfır"),
        (1, "bir"),
        (11, "on bir"),
        (100, "yüz"),
        (340, "üç yüz kırk"),
        (1000, "bin"),
        (12_345, "on iki bin üç yüz kırk beş"),
    ],
)
def test_numbers_are_words(value, words):
    assert TURKISH.number(value) == words


def test_no_number_is_guessed():
    with pytest.raises(ValueError, match="beyond"):
        TURKISH.number(100_000)
    assert len({TURKISH.number(value) for value in range(1200)}) == 1200


def test_the_dotted_i_keeps_its_dot():
    assert TURKISH.capital("iki kola") == "İki kola"
    assert TURKISH.capital("ızgara somon") == "Izgara somon"
    assert TURKISH.capital("") == ""
    assert TURKISH.lower("İki IZGARA Çay") == "iki ızgara çay"


def test_items_are_asked_for():
    menu = load_menu(MENUS["tr"])
    for seed in range(200):
        rng = random.Random(seed)
        item, quantity = rng.choice(menu.items), rng.randint(1, 5)
        for text in (TURKISH.asked(item, quantity, rng), TURKISH.more(item, quantity, rng)):
            assert any(name in text for name in (item.name, *item.also))
    coke = menu.by_key["kola"]
    assert TURKISH.counted(coke, 2) == "iki kola"
    assert TURKISH.counted_more(coke, 2) == "iki kola daha"
    assert TURKISH.joined(["a", "b", "c"]) == "a, b ve c"
    assert TURKISH.strung(["a"], random.Random(1)) == "a"
