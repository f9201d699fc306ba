#!/usr/bin/env bash
# Measures this machine's NVIDIA card: builds Parlor for CUDA, makes models of real sizes with random weights, and writes
# docs/bench/CARD.json and .md. Takes half an hour and 45 GB, after a build of half an hour on two cores; --only NAME takes
# less (see --help). No model hub is needed, and nothing that was not measured here is claimed.
set -euo pipefail
cd "$(dirname "$0")/.."
# Debian's python3 may have no pip: then `make setup` says what is missing.
if [ ! -x .venv/bin/parlor ] && python3 -m pip --version >/dev/null 2>&1 &&
    ! python3 -m pip download --quiet --no-deps --retries 0 --timeout 10 --dest "$(mktemp -d)" filelock; then
    echo "This installs Parlor, a compiler and cuBLAS from a Python package index (some 3 GB), and none can be reached." >&2
    exit 1
fi
PARLOR_ACCEL=${PARLOR_ACCEL:-cuda} make setup .venv/.starter
.venv/bin/python -m scripts.gpu "$@"
