"""What is inside a bundle, for machines: a CycloneDX 1.6 document. Pure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from app.bundle.wheel import Wheel

_SERIALS = uuid.UUID("5f6d3a5e-5c8b-4d0e-9a55-0c4d7f1f6b1e")
"""Of our own making; a bundle's serial number is derived from it and from the content."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """One model of a bundle."""

    name: str
    revision: str
    licence: str
    source: str
    """Its address on the network; empty where it has none."""
    note: str
    hashes: Mapping[str, str]
    """SHA-256 of each file, by its path from Parlor's folder on; the main file first."""


def sbom(version: str, facts: Mapping[str, str], wheels: Iterable[Wheel], models: Iterable[ModelFiles]) -> str:
    """The document: Parlor of this `version` with `facts` as properties, what it is made of, and who needs whom.

    The same content gives the same text: it holds no time, and its serial number is a hash.
    """
    wheels, models = tuple(wheels), tuple(models)
    refs = {wheel.name: _purl(wheel) for wheel in wheels}
    parlor = {
        "type": "application",
        "bom-ref": "parlor",
        "name": "parlor",
        "version": version,
        "licenses": [{"expression": "GPL-3.0-or-later"}],
        "properties": [{"name": f"parlor:{name}", "value": value} for name, value in facts.items()],
    }
    components = [_package(wheel) for wheel in wheels] + [_model(model) for model in models]
    edges = [{"ref": "parlor", "dependsOn": sorted(component["bom-ref"] for component in components)}]
    edges += [{"ref": refs[w.name], "dependsOn": sorted(refs[n] for n in w.needs if n in refs)} for w in wheels]
    body = {"metadata": {"component": parlor}, "components": components, "dependencies": edges}
    serial = uuid.uuid5(_SERIALS, json.dumps(body, sort_keys=True))
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", "version": 1}
    return json.dumps(head | body, indent=1) + "\n"


def _purl(wheel: Wheel) -> str:
    return f"pkg:pypi/{wheel.name}@{quote(wheel.version, safe='')}"


def _package(wheel: Wheel) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": _purl(wheel),
        "name": wheel.name,
        "version": wheel.version,
        "purl": _purl(wheel),
        "licenses": [{"expression": wheel.licence} if wheel.spdx else {"license": {"name": wheel.licence}}],
        "hashes": [_sha256(wheel.sha256)],
        "properties": [{"name": "parlor:file", "value": wheel.path.name}],
    }


def _model(model: ModelFiles) -> dict[str, Any]:
    parts = [{"type": "file", "name": name, "hashes": [_sha256(digest)]} for name, digest in model.hashes.items()]
    component = {
        "type": "machine-learning-model",
        "bom-ref": f"model:{model.name}",
        "name": model.name,
        "version": model.revision,
        "description": model.note,
        "licenses": [{"license": {"name": model.licence}}],
        "hashes": parts[0]["hashes"],
        "components": parts,
    }
    if model.source:
        component["externalReferences"] = [{"type": "distribution", "url": model.source}]
    return component


def _sha256(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}
