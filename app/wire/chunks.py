"""The order of `audio_chunk` messages: each index once, none left out."""

from __future__ import annotations

from app.errors import CallerError
from app.wire.codec import decode_chunk
from app.wire.incoming import AudioChunk


class Chunks:
    """Counts the chunks of a turn; `is_final` starts again at 0."""

    def __init__(self) -> None:
        self._expected = 0

    def take(self, chunk: AudioChunk) -> bytes:
        """The audio in `chunk`. Raises `CallerError`: `chunk_gap`, `chunk_repeat`, `bad_audio_data`."""
        if chunk.chunk_index != self._expected:
            code = "chunk_gap" if chunk.chunk_index > self._expected else "chunk_repeat"
            raise CallerError(
                code,
                f"chunk_index is {chunk.chunk_index}, expected was {self._expected}.",
                f"Go on with chunk_index {self._expected}; what came before was taken.",
            )
        data = decode_chunk(chunk)
        self._expected = 0 if chunk.is_final else self._expected + 1
        return data
