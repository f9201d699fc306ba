"""The worlds of the English and the Turkish dialogues, as training and as the evaluation see them."""

from pathlib import Path

import pytest

from app.bench.dialogue.evaluate import UNSEEN
from app.bench.dialogue.generate import training_world, unseen_world
from app.bench.dialogue.menu import load_menu
from app.bench.dialogue.phrases import load_held_out, load_phrases

STARTER = Path(__file__).parents[3] / "models/starter"
MENUS = {"en": STARTER / "menu.toml", "tr": STARTER / "tr/menu.toml"}


@pytest.fixture(scope="session")
def menu():
    return load_menu(MENUS["en"])


@pytest.fixture(scope="session")
def phrases():
    return load_phrases("en")


@pytest.fixture(scope="session")
def world(menu, phrases):
    return training_world(menu, phrases, load_held_out("en"))


@pytest.fixture(scope="session")
def unseen(menu, phrases):
    return unseen_world(menu, phrases, load_held_out("en"), UNSEEN)


@pytest.fixture(scope="session")
def turkish():
    return training_world(load_menu(MENUS["tr"]), load_phrases("tr"), load_held_out("tr"))


@pytest.fixture(scope="session", params=["en", "tr"])
def any_world(request):
    """Each language's world of training."""
    language = request.param
    return training_world(load_menu(MENUS[language]), load_phrases(language), load_held_out(language))


@pytest.fixture(scope="session", params=["en", "tr"])
def any_unseen(request):
    """Each language's world of the evaluation."""
    language = request.param
    return unseen_world(load_menu(MENUS[language]), load_phrases(language), load_held_out(language), UNSEEN)
