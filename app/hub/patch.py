"""Gives a Piper voice its phoneme alignments, which tell when each word is heard."""

from __future__ import annotations

from pathlib import Path


def add_alignments(voice: Path) -> str:
    """Make the phoneme lengths of `voice` an output, in place; what kept it from happening, or empty.

    Piper's own tool finds the tensor. The output is appended to the file instead of writing the whole anew (protobuf
    merges what it reads twice), so what was downloaded stands unchanged at its beginning and its hash can be checked.
    Does nothing to a voice that has the output. Raises `OSError` when the file cannot be written.
    """
    try:
        import onnx
        from google.protobuf.message import DecodeError
        from piper.patch_voice_with_alignment import add_alignment_output
    except ImportError as error:
        return f"the package {error.name} is missing"
    try:
        model = onnx.load(voice, load_external_data=False)
    except DecodeError:
        return "it is no ONNX file"
    if len(model.graph.output) > 1:
        return ""
    try:
        tensor = add_alignment_output(model)
    except ValueError as error:
        return str(error)
    addition = onnx.ModelProto(graph=onnx.GraphProto(output=[onnx.ValueInfoProto(name=tensor)]))
    with voice.open("ab") as file:
        file.write(addition.SerializeToString())
    return ""
