#!/usr/bin/env bash
# Measures this machine's NVIDIA card: builds Parlor for CUDA, makes models of real sizes with random weights, and writes
# docs/bench/CARD.json and .md. Takes about half an hour and 45 GB; --only NAME takes less (see --help). No model hub is
# needed, and nothing that was not measured here is claimed.
set -euo pipefail
cd "$(dirname "$0")/.."
PARLOR_ACCEL=${PARLOR_ACCEL:-cuda} make setup .venv/.starter
.venv/bin/python -m scripts.gpu "$@"
