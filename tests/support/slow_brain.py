"""The starter brain as slow as a big model: the same answers, from feed-forward layers widened with zeros.

A hidden unit whose weights are all zero adds nothing to the result and costs as much as any other, so a test can watch
speech start while the model still writes, on a real engine and at a real model's pace.
"""

from pathlib import Path

import numpy as np
from gguf import GGUFReader, GGUFValueType, GGUFWriter
from gguf.quants import dequantize

_FFN_KEY = "llama.feed_forward_length"


def slow_brain(source: Path, target: Path, hidden: int) -> Path:
    """A copy of the GGUF `source` at `target`, with `hidden` units in each feed-forward layer."""
    reader = GGUFReader(source)
    writer = GGUFWriter(target, "llama")
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        value = hidden if name == _FFN_KEY else field.contents()
        part = field.types[1] if field.types[0] is GGUFValueType.ARRAY else None
        writer.add_key_value(name, value, field.types[0], sub_type=part)
    for tensor in reader.tensors:
        data = dequantize(np.asarray(tensor.data), tensor.tensor_type)
        data = data.astype(np.float16) if data.ndim > 1 else data
        if ".ffn_gate." in tensor.name or ".ffn_up." in tensor.name:
            data = np.pad(data, ((0, hidden - data.shape[0]), (0, 0)))
        elif ".ffn_down." in tensor.name:
            data = np.pad(data, ((0, 0), (0, hidden - data.shape[1])))
        writer.add_tensor(tensor.name, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target
