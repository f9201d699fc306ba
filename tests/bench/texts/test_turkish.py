"""Turkish words in their cases, tenses and persons."""

import random

import pytest

from app.bench.texts.grammar import Choices
from app.bench.texts.turkish import PERSONS, Words, being, conjugated, grown

WORDS = Words(compound=("çorbası", "suyu"), stems={"simit": "simid", "şehir": "şehr"})


@pytest.mark.parametrize(
    ("name", "case", "text"),
    [
        ("kitap", "acc", "kitabı"),
        ("mercimek çorbası", "acc", "mercimek çorbasını"),
        ("mercimek çorbası", "ile", "mercimek çorbasıyla"),
        ("elma suyu", "loc", "elma suyunda"),
        ("su", "gen", "suyun"),
        ("simit", "acc", "simidi"),
        ("eski bir şehir", "dat", "eski bir şehre"),
        ("şehir", "gen", "şehrin"),
        ("şehir", "abl", "şehirden"),
        ("köfte", "dat", "köfteye"),
        ("sarımsak", "siz", "sarımsaksız"),
        ("süt", "li", "sütlü"),
        ("köprü", "pl", "köprüler"),
        ("köprü", "my", "köprüm"),
        ("ağaç", "my", "ağacım"),
        ("lahmacun", "mi", "lahmacun mu"),
        ("zeynep", "p_acc", "zeynep'i"),
        ("ali", "p_gen", "ali'nin"),
        ("roma", "p_dat", "roma'ya"),
        ("isveç", "p_abl", "isveç'ten"),
        ("madrid", "p_loc", "madrid'de"),
        ("ece", "p_ile", "ece'yle"),
    ],
)
def test_cases(name, case, text):
    assert WORDS.noun(name, case) == text


@pytest.mark.parametrize(
    ("stem", "form", "text"),
    [
        ("git", "past_1", "gittim"),
        ("git", "now_6", "gidiyorlar"),
        ("git", "will_1", "gideceğim"),
        ("git", "willn_4", "gitmeyeceğiz"),
        ("ye", "now_3", "yiyor"),
        ("ye", "will_2", "yiyeceksin"),
        ("oku", "often_5", "okursunuz"),
        ("oku", "oftenn_1", "okumam"),
        ("oku", "canq_1", "okuyabilir miyim"),
        ("gör", "often_3", "görür"),
        ("sev", "often_3", "sever"),
        ("çalış", "often_3", "çalışır"),
        ("yardım et", "nown_2", "yardım etmiyorsun"),
        ("yardım et", "after", "yardım ettikten sonra"),
        ("söyle", "nowq_2", "söylüyor musun"),
        ("gül", "pastq_5", "güldünüz mü"),
        ("bul", "pastq_6", "buldular mı"),
        ("bul", "nowq_6", "buluyorlar mı"),
        ("anla", "said_3", "anlamış"),
        ("anla", "must_1", "anlamalıyım"),
        ("anla", "if_4", "anlasak"),
        ("bekle", "lets", "bekleyelim"),
        ("bekle", "before", "beklemeden önce"),
        ("dön", "when", "dönünce"),
        ("koş", "to", "koşmak"),
    ],
)
def test_verbs(stem, form, text):
    assert conjugated(stem)[form] == text


def test_what_one_is():
    assert [being("hasta", person) for person in PERSONS] == [
        "hastayım", "hastasın", "hasta", "hastayız", "hastasınız", "hastalar",
    ]  # fmt: skip


def test_slots_grow():
    raw = {
        "compound": ["çorbası"],
        "stems": {},
        "being": ["mood"],
        "cases": {"dish": ["acc"], "meal": ["acc"]},
        "verbs": {"acc": ["al *2", "sev"], "alone": ["uyu"]},
        "done": {"do": ["{meal_acc} {acc} *3", "{alone}"]},
    }
    slots = {
        "dish": Choices.of(["köfte *2", "tavuk çorbası"]),
        "meal": Choices.of(["{dish} *4", "pilav"]),
        "mood": Choices.of(["mutlu"]),
    }
    made = grown(raw, slots)
    assert made["dish_acc"] == Choices(("köfteyi", "tavuk çorbasını"), (2.0, 1.0))
    assert made["meal_acc"] == Choices(("{dish_acc}", "pilavı"), (4.0, 1.0))
    assert made["mood_1"].pick(random.Random(1)) == "mutluyum"
    assert made["moodq_2"].pick(random.Random(1)) == "mutlu musun"
    assert made["acc_past_1"] == Choices(("aldım", "sevdim"), (2.0, 1.0))
    assert made["do_past_1"] == Choices(("{meal_acc} {acc_past_1}", "{alone_past_1}"), (3.0, 1.0))
