"""Abbreviations that never end a sentence, and what is said for them: the phonemiser would stop at their dots. Pure.

Those of English and Turkish stand among their other words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NEVER_LAST: Final[Mapping[str, Mapping[str, str]]] = {
    "de": {
        "Hr.": "Herr", "Dr.": "Doktor", "Prof.": "Professor", "St.": "Sankt", "Nr.": "Nummer", "Tel.": "Telefon",
        "z. B.": "zum Beispiel", "z.B.": "zum Beispiel", "d. h.": "das heißt", "d.h.": "das heißt",
        "u. a.": "unter anderem", "u.a.": "unter anderem", "ca.": "circa", "inkl.": "inklusive",
        "zzgl.": "zuzüglich", "ggf.": "gegebenenfalls", "evtl.": "eventuell", "bzw.": "beziehungsweise",
    },
    "es": {
        "Sr.": "señor", "Sra.": "señora", "Srta.": "señorita", "Dr.": "doctor", "Dra.": "doctora", "Ud.": "usted",
        "Uds.": "ustedes", "aprox.": "aproximadamente",
    },
    "fr": {"M.": "monsieur", "Dr.": "docteur"},
    "it": {"Sig.": "signor", "Dott.": "dottor", "Prof.": "professor"},
    "nl": {"dhr.": "de heer", "mevr.": "mevrouw", "bijv.": "bijvoorbeeld", "ca.": "circa"},
    "pt": {"Sr.": "senhor", "Sra.": "senhora", "Dr.": "doutor", "Dra.": "doutora", "aprox.": "aproximadamente"},
    "ru": {"ул.": "улица", "просп.": "проспект", "им.": "имени"},
}  # fmt: skip
