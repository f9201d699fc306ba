"""KeNet's file, and what to do where it is missing."""

from importlib.metadata import PackageNotFoundError

import pytest

from app.bench.texts import kenet
from app.errors import SetupError
from tests.support.packages import needing_packages

TEXT = """<SYNSETS>
<SYNSET><ID>TUR10-0000030</ID><LITERAL>su</LITERAL><DEF>Sıvı madde</DEF><EXAMPLE>Su iç.|Su az.</EXAMPLE></SYNSET>
<SYNSET><ID>TUR10-0000040</ID><ILR>ENG31-1-n</ILR><DEF>Bir özel isim</DEF></SYNSET>
</SYNSETS>
"""


def test_definitions_and_examples():
    water, name = kenet.parse(TEXT)
    assert water == ("TUR10-0000030", "Sıvı madde", ("Su iç.", "Su az."))
    assert name == ("TUR10-0000040", "Bir özel isim", ())


def test_the_real_file():
    synsets = needing_packages(kenet.synsets)
    assert len(synsets) > 70_000
    assert len({each.name for each in synsets}) > 70_000
    assert sum(bool(each.examples) for each in synsets) > 30_000


def test_a_missing_package_is_named(monkeypatch):
    def nowhere(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(kenet, "distribution", nowhere)
    with pytest.raises(SetupError, match="nlptoolkit-wordnet") as caught:
        kenet.synsets.__wrapped__()
    assert "pip install" in caught.value.fix
