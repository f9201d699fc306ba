"""The texts in a bundle, for people and for install.sh. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app.bundle.sbom import ModelFiles
from app.bundle.wheel import Wheel


def facts(values: Mapping[str, str]) -> str:
    """`values` one a line, as install.sh reads them."""
    return "".join(f"{name}={value}\n" for name, value in values.items())


def install(name: str, values: Mapping[str, str]) -> str:
    """INSTALL.txt: what a person needs who has nothing but the archive called `name`."""
    only = (
        "It runs only on the kind of processor that it was made on."
        if values["native"] == "yes"
        else "Any processor since 2013 will do."
    )
    card = f"It needs an NVIDIA card of compute capability {_computes(values['architectures'])}, and its driver.\n"
    card = card if values["accel"] == "cuda" else ""
    start = f" --config {values['profile']}" if values["profile"] else ""
    return f"""Parlor {values["version"]}: a spoken conversation, entirely on your own machine.

    tar xf {name}.tar
    sh {name}/install.sh
    ~/parlor/.venv/bin/parlor serve{start}

install.sh FOLDER installs elsewhere than into ~/parlor. It needs no network, no root and no compiler, only
Linux on {values["architecture"]} with glibc {values["glibc"]} or later, and Python {values["python"]}.
{only}
{card}It checks every file first. Run it again to repair, or that of a later archive to upgrade: models and settings
of your own stay.

SHA256SUMS has the sum of every file, sbom.json lists all parts (CycloneDX), LICENCES holds their licences.
"""


def _computes(architectures: str) -> str:
    """CMake's list of compute capabilities in words: "86;120" are 8.6 and 12.0."""
    return " or ".join(re.sub(r"(\d)$", r".\1", a) for a in architectures.split(";"))


def licences(wheels: Iterable[Wheel], models: Iterable[ModelFiles]) -> str:
    """LICENCES/README.txt: who has which."""
    rows = [("parlor", "", "GPL-3.0-or-later")]
    rows += [(wheel.name, wheel.version, wheel.licence) for wheel in wheels]
    rows += [(f"model {model.name}", model.revision[:12], model.licence) for model in models]
    table = "".join(f"{name:<40} {version:<14} {licence}\n" for name, version, licence in rows)
    return f"""What is in this archive, and under which licence. The folders beside this file hold the texts.
Whoever passes the archive on passes these on too, and for the parts under the GPL offers their source: Parlor's is
here (parlor/), the others' is at the addresses that their packages name.

{table}"""


def model(model: ModelFiles) -> str:
    """A model's own paper."""
    lines = (model.name, f"licence: {model.licence}", f"source: {model.source or 'none'}", model.note)
    return "\n".join(filter(None, lines)) + "\n"
