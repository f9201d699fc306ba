"""`python -m app.bundle.adopt LOCK`, run by install.sh: records the models of a bundle in models/lock.json."""

from __future__ import annotations

import sys
from pathlib import Path

from app.config import ROOT
from app.hub import lock


def adopt(bundled: Path, models: Path) -> None:
    """Take over what the lock `bundled` says of files that lie in the folder `models` now. Raises `SetupError`."""
    for name, model in lock.read(bundled).models.items():
        files = {
            file: known.model_copy(update={"mtime_ns": (models / name / file).stat().st_mtime_ns})
            for file, known in model.files.items()
        }
        lock.record(models / "lock.json", name, files, (model.revision, model.source))


if __name__ == "__main__":
    adopt(Path(sys.argv[1]), ROOT / "models")
