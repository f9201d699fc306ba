"""Parlor: a spoken conversation, entirely on the user's own machine."""

import os

__version__ = "0.1.0"

# onnxruntime's own builds (1.31 and later) report to their maker over the network and keep an identifier of the
# machine; this is read when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
