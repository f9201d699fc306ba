"""The list of parts, against CycloneDX's own schema."""

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bundle.sbom import ModelFiles, sbom
from app.bundle.wheel import Wheel

DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
WORDS = st.text(min_size=1, max_size=20)
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
WHEELS = st.builds(
    Wheel,
    path=st.builds(lambda name: Path(f"{name}.whl"), NAMES),
    name=NAMES,
    version=st.from_regex(r"[0-9]\.[0-9](\+cpu)?", fullmatch=True),
    licence=WORDS,
    spdx=st.booleans(),
    needs=st.lists(NAMES, max_size=4, unique=True).map(tuple),
    sha256=DIGESTS,
    unpacked=st.just(0),
    glibc=st.just(()),
)
MODELS = st.builds(
    ModelFiles,
    name=NAMES,
    revision=st.text(max_size=8),
    licence=WORDS,
    source=st.sampled_from(["", "https://example.org/owner/name"]),
    note=st.text(max_size=20),
    hashes=st.dictionaries(NAMES, DIGESTS, min_size=1, max_size=3),
)
UNIQUE = {"unique_by": lambda part: part.name, "max_size": 6}


@pytest.fixture(scope="module")
def validator():
    return JsonStrictValidator(SchemaVersion.V1_6)


@settings(deadline=None, max_examples=40)
@given(wheels=st.lists(WHEELS, **UNIQUE), models=st.lists(MODELS, **UNIQUE))
def test_it_is_valid_and_complete(validator, wheels, models):
    text = sbom("0.1.0", {"accel": "cpu", "profile": ""}, wheels, models)
    assert validator.validate_str(text) is None
    document = json.loads(text)
    components = document["components"]
    assert [c["name"] for c in components] == [part.name for part in (*wheels, *models)]
    assert all(hashed["content"] for c in components for hashed in c["hashes"])
    refs = {c["bom-ref"] for c in components}
    for edge in document["dependencies"]:
        assert set(edge["dependsOn"]) <= refs
    assert sbom("0.1.0", {"accel": "cpu", "profile": ""}, wheels, models) == text


def test_names_versions_and_needs():
    torch = Wheel(Path("t.whl"), "torch", "2.13.0+cpu", "BSD-3-Clause", True, ("numpy", "nvidia-x"), "0" * 64, 1, ())
    numpy = Wheel(Path("n.whl"), "numpy", "2.4.6", "see its licence files", False, (), "1" * 64, 1, ())
    document = json.loads(sbom("0.1.0", {}, (numpy, torch), ()))
    assert [c["purl"] for c in document["components"]] == ["pkg:pypi/numpy@2.4.6", "pkg:pypi/torch@2.13.0%2Bcpu"]
    needs = {edge["ref"]: edge["dependsOn"] for edge in document["dependencies"]}
    assert needs["pkg:pypi/torch@2.13.0%2Bcpu"] == ["pkg:pypi/numpy@2.4.6"]


def test_another_content_has_another_serial_number():
    model = ModelFiles("a", "1", "MIT", "", "", {"models/a/b": "0" * 64})
    other = ModelFiles("a", "1", "MIT", "", "", {"models/a/b": "1" * 64})
    serials = {json.loads(sbom("0.1.0", {}, (), (m,)))["serialNumber"] for m in (model, other, model)}
    assert len(serials) == 2
