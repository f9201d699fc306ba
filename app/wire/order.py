"""Which message is legal when: a table. What is not in it is the caller's error, and changes nothing."""

from __future__ import annotations

from enum import Enum, auto

from app.errors import CallerError
from app.wire.incoming import BINARY, Mode


class Stand(Enum):
    """How a session stands, as far as the order of messages goes."""

    IDLE = auto()
    """Nobody speaks and nothing is being computed."""
    BUSY = auto()
    """A turn is in progress."""
    ENDED = auto()


_ANY = frozenset({"interrupt", "playback", "control", "bye"})
_AUDIO = frozenset({BINARY, "audio_chunk", "audio.commit"})
_OF_MODE = {
    Mode.CONVERSATION: _ANY | _AUDIO | {"text", "text_request"},
    Mode.TRANSCRIBE: _ANY | _AUDIO,
    Mode.SPEAK: _ANY | {"text_request"},
}
LEGAL: dict[tuple[Mode, Stand], frozenset[str]] = {
    **{(mode, Stand.IDLE): legal | {"session.configure"} for mode, legal in _OF_MODE.items()},
    # A configuration in mid-turn would change the codec under audio that is already on its way.
    **{(mode, Stand.BUSY): legal for mode, legal in _OF_MODE.items()},
    **{(mode, Stand.ENDED): frozenset() for mode in Mode},
}


def check(mode: Mode, stand: Stand, kind: str) -> None:
    """Raises `CallerError` `session_ended`, `out_of_order` or `not_in_mode` when `kind` may not come now."""
    if kind in LEGAL[mode, stand]:
        return
    if stand is Stand.ENDED:
        raise CallerError("session_ended", f"{kind} came after the end of the session.", "Open a new session.")
    if kind in LEGAL[mode, Stand.IDLE]:
        raise CallerError(
            "out_of_order", f"{kind} came in the middle of a turn.", "Send it again in a moment, between two turns."
        )
    modes = ", ".join(m for m in Mode if kind in LEGAL[m, Stand.IDLE])
    if not modes:
        raise CallerError("unknown_type", f"{kind} is no message of a client.", "See docs/wire.md.")
    raise CallerError("not_in_mode", f"{kind} has no place in mode {mode}.", f"Open a session in mode {modes}.")
