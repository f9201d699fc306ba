"""What happens to a turn, and what is to be done then: the turn machine's events and commands. Pure."""

from __future__ import annotations

from dataclasses import dataclass

# ---- events


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """The detector heard somebody begin."""

    doubtful: bool = False
    """It may be our own voice: something of ours sounded just now."""


@dataclass(frozen=True, slots=True)
class Suspected:
    """The sound in doubt is more than our own voice explains."""

    turn: int


@dataclass(frozen=True, slots=True)
class Cleared:
    """The sound in doubt goes on, and so far it was ours."""

    turn: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The sound in doubt is the caller, who speaks to us."""

    turn: int


@dataclass(frozen=True, slots=True)
class Dismissed:
    """The sound in doubt is over, and called for nothing: our own voice, a cough, an "uh-huh"."""

    turn: int


@dataclass(frozen=True, slots=True)
class Paused:
    """The caller is silent, and may have finished."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """What the caller said until this pause."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class WentOn:
    """The caller had not finished."""


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The detector, or a commit, ended the caller's speech."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The final text of a turn; empty when it was no speech or could not be transcribed."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """The caller wrote instead of speaking."""

    text: str


@dataclass(frozen=True, slots=True)
class AskedToSay:
    """The client wants this text spoken."""

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class FirstAudio:
    """A reply begins to sound."""

    turn: int


@dataclass(frozen=True, slots=True)
class ReplyOver:
    """A reply ended by itself: played, empty or failed."""

    turn: int


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The client asked to stop the reply."""


@dataclass(frozen=True, slots=True)
class WasReset:
    """The client asked to forget the conversation."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The connection is gone."""


Event = (
    SpeechBegan
    | Suspected
    | Cleared
    | Confirmed
    | Dismissed
    | Paused
    | Drafted
    | WentOn
    | SpeechEnded
    | Heard
    | Typed
    | AskedToSay
    | FirstAudio
    | ReplyOver
    | Interrupted
    | WasReset
    | HungUp
)


# ---- commands


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell the client that turn began to be heard."""

    turn: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """Listen to turn without telling anybody, and find out whose sound it is."""

    turn: int


@dataclass(frozen=True, slots=True)
class Weigh:
    """The sound in doubt is over: decide by the whole of it."""

    turn: int


@dataclass(frozen=True, slots=True)
class Ignore:
    """The sound in doubt never was a turn."""

    turn: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Transcribe what was said of turn so far, as if it were all."""

    turn: int


@dataclass(frozen=True, slots=True)
class Foresee:
    """Work out the reply to turn as if this were all that is said; nothing of it is told before it is."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class Resume:
    """What was drafted of turn is not the whole."""

    turn: int


@dataclass(frozen=True, slots=True)
class Transcribe:
    """The turn's speech is whole: make its final text."""

    turn: int


@dataclass(frozen=True, slots=True)
class Remember:
    """The caller said this."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Start the reply to all that is remembered."""

    turn: int


@dataclass(frozen=True, slots=True)
class Say:
    """Start a reply that is this text."""

    turn: int
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Duck:
    """Play the reply of turn softer."""

    turn: int


@dataclass(frozen=True, slots=True)
class Hush:
    """Let the reply of turn wait where it is."""

    turn: int


@dataclass(frozen=True, slots=True)
class GoOn:
    """Play the reply of turn on as before."""

    turn: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Stop the reply of turn, now."""

    turn: int


@dataclass(frozen=True, slots=True)
class Drop:
    """A text to be spoken will not be: its reply ends before it began."""

    turn: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Empty the conversation's memory."""


OfSpeech = Announce | Doubt | Weigh | Ignore | Draft | Resume | Transcribe
OfReply = Duck | Hush | GoOn | Cut | Drop
Command = OfSpeech | OfReply | Foresee | Remember | Answer | Say | Forget
Commands = tuple[Command, ...]
