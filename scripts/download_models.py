#!/usr/bin/env python3
"""`parlor models` for those who look for a script: `.venv/bin/python scripts/download_models.py download rtx3060`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.cli import main

if __name__ == "__main__":
    sys.exit(main(["models", *sys.argv[1:]]))
