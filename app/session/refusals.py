"""What a session refuses, in words: each names the fault and the fix. Pure."""

from __future__ import annotations

from app.errors import CallerError

RETRY_TYPED_S = 2.0


def checked(text: str, limit: int) -> str:
    """`text` without white space around it. Raises `CallerError`: `empty_text`, `text_too_long`."""
    if not text.strip():
        raise CallerError("empty_text", "The text is empty.", "Send some words.")
    if len(text) > limit:
        raise CallerError("text_too_long", f"The text has more than {limit} characters.", "Send it in parts.")
    return text.strip()


def too_fast(waiting: int) -> CallerError:
    return CallerError(
        "too_fast",
        f"{waiting} texts are waiting to be spoken.",
        "Wait for a reply.ended before the next text_request.",
        retry_after_s=RETRY_TYPED_S,
    )


def nothing_to_commit() -> CallerError:
    return CallerError("nothing_to_commit", "No speech was heard since the last turn.", "Speak, then commit.")


def too_slow(limit_s: float) -> CallerError:
    message = f"Audio could not be taken for {limit_s:g} s."
    return CallerError("too_slow", message, "Send it at real-time pace.", fatal=True)


def buffer_full() -> CallerError:
    message = "More speech is waiting to be transcribed than this session may hold."
    return CallerError("buffer_full", message, "Pause now and then.", fatal=True)


def failed() -> CallerError:
    """A bug of ours, and no fault of the caller's: the session cannot go on."""
    return CallerError("internal", "The session failed.", "Open a new one; the server's log says why.", fatal=True)
