"""Every named error, and whose fault it is: `CallerError` is theirs, `EngineError` and `SetupError` are ours.

`code`, `message` and `fix` go onto the wire as they are; a message never holds the caller's words.
"""

from __future__ import annotations


class ParlorError(Exception):
    """Base of all; `code` is a stable name, `fix` says what mends it."""

    code = "internal"
    fix = "Report this with the server's log."

    def __init__(self, message: str, *, fix: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix or type(self).fix
        self.retry_after_s = retry_after_s


class SetupError(ParlorError):
    """The installation or its configuration is at fault; the start stops."""

    code = "setup"
    fix = "Correct the configuration and start again."


class EngineError(ParlorError):
    """An engine failed; the reply ends, the session goes on."""

    code = "engine_failed"
    fix = "Say it again; if it stays, look into the server's log and /readyz."

    def __init__(
        self, engine: str, message: str, *, fix: str | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{engine}: {message}", fix=fix, retry_after_s=retry_after_s)
        self.engine = engine


class EngineTimeoutError(EngineError):
    """An engine took longer than its limit."""

    code = "engine_timeout"


class EngineBusyError(EngineError):
    """No place left in an engine's queue."""

    code = "busy"
    fix = "Try again in a moment."


class ReplacedError(EngineError):
    """A newer call took the place of this one: nothing failed, and nobody waits for it."""


class PromptTooLongError(EngineError):
    """The newest message alone is longer than the model's context."""

    code = "prompt_too_long"
    fix = "Say it shorter."


class UnknownVoiceError(EngineError):
    """A voice that is not installed."""

    code = "unknown_voice"
    fix = "Ask for one of the voices that session.ready lists."


class UnknownLanguageError(EngineError):
    """A language that the recogniser's model does not know."""

    code = "unknown_language"
    fix = "Ask for another language, or for none: then it is detected."


class CallerError(ParlorError):
    """The client sent what it must not; nothing was changed by it."""

    def __init__(
        self, code: str, message: str, fix: str, *, retry_after_s: float | None = None, fatal: bool = False
    ) -> None:
        super().__init__(message, fix=fix, retry_after_s=retry_after_s)
        self.code = code
        self.fatal = fatal
