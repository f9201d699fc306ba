"""Finds out whose sound it is that begins while ours plays: looks at it, listens to it, and tells the turn machine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf

from app.audio import ms_to_samples, samples_to_ms
from app.errors import EngineError
from app.interfaces import SttJob, SttKind
from app.session import signals
from app.session.ears import Ears
from app.session.guard import attempt
from app.session.hearing import Hearing, Span
from app.session.own_voice import Sound
from app.session.parts import Desk, Parts
from app.session.whose import FIRST_PROBE_MS, OVER_MS, PROBE_EVERY_MS, Doubt, Verdict, is_open, judge
from app.vad.endpoint import SpeechEnded

log = logging.getLogger(__name__)

_FIRST_PROBE, _PROBE_EVERY = ms_to_samples(FIRST_PROBE_MS), ms_to_samples(PROBE_EVERY_MS)
_LEAD_IN = ms_to_samples(200)
"""Before a sound is seen to be foreign it has begun."""
_FIRST_WORD, _FIRST_WORDS = ms_to_samples(500), ms_to_samples(1_000)
"""A word of ours before the caller's is less harm than a word of the caller's that is lost."""
_LOOK_BACK = ms_to_samples(15_000)
"""What is longer ago is nobody's interruption."""

_TOLD_LATER_S = 1.2
"""After its end: some 0.8 s of our own sound tell how it arrives."""

CERTAIN, LIKELY, GUESSED = 0.7, 0.6, 0.3
"""How sure the recogniser is of a word that is believed at once; of one where the sound goes on; and of one where it
goes on and the look before had words too."""

End = Callable[[SpeechEnded], None]
"""Tells that the speech is over."""


@dataclass(slots=True)
class _Doubted:
    """One sound in doubt."""

    hearing: Hearing
    onset: int
    learned: bool
    """How our own sound arrives was known at the onset."""
    due: int
    """When it is listened to next, in samples."""
    heard: str = ""
    guessed: str = ""
    """With words that are not certain, where the look before had some too: of a cough each look makes another."""
    any_words: bool = False
    """Whether the newest look had words, certain or not."""
    heard_from: int = 0
    """Where the sound began that the newest transcript is of, in samples."""
    heard_until: int = 0
    """How far that reaches."""
    asked: str = ""
    """What we had asked when it was made."""
    began: int | None = None
    """Where the first sound that is not ours began, since one called for nothing."""
    suspicion: int = 0
    """How often it was told."""
    past: int = 0
    """What ended by then called for nothing: no question that is asked later makes an answer of it."""


class Doubts:
    """The doubt of one session: at most one at a time."""

    def __init__(self, desk: Desk, session_id: str, parts: Parts, ears: Ears, end: End) -> None:
        self._desk = desk
        self._end = end
        self._session_id = session_id
        self._stt = parts.engines.stt
        self._settings = parts.config.stt
        self._retry_s = parts.config.session.reply_retry_s
        self._half_duplex = parts.config.session.half_duplex
        self._ears = ears
        self._doubted: _Doubted | None = None
        self._probing: asyncio.Task[None] | None = None
        self._patience: asyncio.TimerHandle | None = None

    def begin(self, hearing: Hearing, onset: int) -> None:
        """Somebody sounds from sample `onset` on: `hearing`, if it is the caller."""
        self.forget()
        self._doubted = _Doubted(hearing, onset, self._ears.own.coupling is not None, onset + _FIRST_PROBE)
        self.progress()

    @property
    def open(self) -> bool:
        """Whether the present sound is in doubt."""
        return self._doubted is not None

    def progress(self) -> None:
        """More was heard."""
        doubted = self._doubted
        if not doubted or self._deaf:
            return
        if doubted.hearing.over:
            if not self._probing:
                self.over()  # how our own sound arrives was not known, and may be now
            return
        doubted.hearing.oldest = max(doubted.hearing.oldest, self._ears.received - _LOOK_BACK)
        self._tell(doubted, self._verdict(doubted))
        if self._doubted is doubted:
            self._listen_when_due(doubted)

    def paused(self) -> None:
        """It may be over."""
        if self._doubted and (self._deaf or not self._foreign(self._doubted)):
            self._soon_over()

    def over(self) -> None:
        """It is."""
        doubted = self._doubted
        if not doubted:
            return
        if self._deaf or not self._unheard(doubted):
            if self._deaf or not self._told_soon(doubted):
                self._decide(doubted)
            elif not self._patience:  # on the wall's clock: the audio's stands still where no audio comes
                self._patience = asyncio.get_running_loop().call_later(_TOLD_LATER_S, self._decide, doubted)
        elif not self._probing:
            self._probe(doubted)

    def _told_soon(self, doubted: _Doubted) -> bool:
        """Whether waiting a little tells more: we sound on, and how that arrives will tell whose the words were."""
        if not self._ears.own.sounding or self._verdict(doubted, over=True) is Verdict.CALLER:
            return False
        return is_open(self._known(doubted, over=True))

    def start_of(self, turn: int) -> int | None:
        """Where the caller began, of a turn in doubt that is the caller's."""
        doubted = self._doubted
        if not doubted or doubted.hearing.turn != turn or doubted.began is None:
            return None
        if doubted.began - doubted.onset < (_FIRST_WORD if doubted.learned else _FIRST_WORDS):
            return None  # what the detector heard begin there may have been taken for ours
        return max(doubted.hearing.start, doubted.began - _LEAD_IN)

    def forget(self) -> None:
        """It is decided, or somebody else decided it."""
        self._doubted = None
        if self._patience:
            self._patience.cancel()
            self._patience = None
        if self._probing:
            self._probing.cancel()
            self._probing = None

    @property
    def _deaf(self) -> bool:
        """Half duplex, and we speak; who answers at once is heard."""
        return self._half_duplex and self._desk.replies

    def _foreign(self, doubted: _Doubted) -> Sound | None:
        """The newest sound since the onset that is not ours."""
        sound = self._ears.own.foreign()
        return sound if sound and sound.end_sample > max(doubted.onset, doubted.past) else None

    def _verdict(self, doubted: _Doubted, *, over: bool = False) -> Verdict:
        return judge(self._known(doubted, over=over))

    def _known(self, doubted: _Doubted, *, over: bool) -> Doubt:
        own, now, sound = self._ears.own, self._ears.received, self._foreign(doubted)
        start, end = (max(sound.start_sample, doubted.onset), sound.end_sample) if sound else (doubted.onset, now)
        known = doubted.heard_until > (start if doubted.began is None else doubted.began)
        # What was heard may be of an earlier sound: it is judged by what we said and had asked then.
        first = min(start, doubted.heard_from) if known else start
        afterwards = first >= self._ears.loudspeaker.sounds_until
        return Doubt(
            own.excess_db(start, end) if sound else -inf,
            sounding_ms=samples_to_ms(end - start),
            silent_ms=max(samples_to_ms(now - end), OVER_MS if over else 0),
            language=self._desk.language,
            learned=own.coupling is not None,
            unlike=own.unlike,
            heard=doubted.heard if known else "",
            guessed=doubted.guessed if known else "",
            heard_whole=doubted.heard_until >= end,
            # Behind our end a learned echo is told by its levels: who says our last word then answers with it.
            playing=() if afterwards and own.coupling is not None else own.words(first, end),
            asked=doubted.asked if known and doubted.heard_until <= start else self._desk.asked,
            afterwards=afterwards,
        )

    def _tell(self, doubted: _Doubted, verdict: Verdict) -> None:
        """What follows while it goes on."""
        turn, sound = doubted.hearing.turn, self._foreign(doubted)
        if sound and doubted.began is None and verdict in {Verdict.UNSURE, Verdict.CALLER}:
            doubted.began = max(sound.start_sample, doubted.onset)
        if verdict is Verdict.CALLER:
            self._desk.do(signals.Confirmed(turn))
        elif verdict is Verdict.UNSURE:
            long = sound is not None and sound.end_sample - sound.start_sample >= _FIRST_PROBE
            if doubted.suspicion < 1 + long:
                doubted.suspicion += 1
                self._desk.do(signals.Suspected(turn))
        elif verdict is Verdict.OURS or not self._unheard(doubted):
            doubted.began = None
            doubted.past = sound.end_sample if sound and verdict is not Verdict.OURS else doubted.past
            if doubted.suspicion:
                doubted.suspicion = 0
                self._desk.do(signals.Cleared(turn))

    def _listen_when_due(self, doubted: _Doubted) -> None:
        sound = self._foreign(doubted)
        if self._probing or (sound is None and self._ears.own.coupling is not None):
            return
        over = sound is not None and self._ears.received - sound.end_sample >= ms_to_samples(OVER_MS)
        due = max(doubted.due, sound.start_sample + _FIRST_PROBE if sound else 0)
        if self._unheard(doubted) and (over or self._ears.received >= due):
            self._probe(doubted)

    def _unheard(self, doubted: _Doubted) -> bool:
        """Whether there is something that no transcript tells of yet."""
        sound = self._foreign(doubted)
        if sound is None:
            until = doubted.hearing.end if doubted.hearing.over else self._ears.received
            return self._ears.own.coupling is None and doubted.heard_until < until
        return doubted.heard_until < sound.end_sample

    def _probe(self, doubted: _Doubted) -> None:
        doubted.due = self._ears.received + _PROBE_EVERY
        self._probing = self._desk.tasks.create_task(self._listen(doubted))

    async def _listen(self, doubted: _Doubted) -> None:
        sound, asked = self._foreign(doubted), self._desk.asked
        begins = sound.start_sample if sound else doubted.onset
        span = Span(max(doubted.hearing.oldest, begins - _LEAD_IN), self._ears.received)
        language, task = self._desk.choice.language, self._settings.task
        job = SttJob(self._session_id, SttKind.DRAFT, self._ears.audio(span), language, task)
        try:
            heard = await attempt("stt", partial(self._stt.transcribe, job), self._settings.limit_s, self._retry_s)
            words = heard.words if heard else ()
            doubted.heard = " ".join(word.text for word in words if word.p >= CERTAIN)
            least = GUESSED if doubted.any_words else LIKELY
            doubted.guessed = " ".join(word.text for word in words if word.p >= least)
            doubted.any_words = any(word.p >= GUESSED for word in words)
        except EngineError:
            log.warning("session %s: a sound could not be listened to", self._session_id)
        doubted.heard_from, doubted.heard_until, doubted.asked = begins, span.end, asked
        self._probing = None
        if doubted.hearing.over:
            self.over()
        elif doubted is self._doubted:
            self.progress()

    def _decide(self, doubted: _Doubted) -> None:
        """All of it is known."""
        verdict = Verdict.OURS if self._deaf else self._verdict(doubted, over=True)
        theirs = verdict is Verdict.CALLER
        self._desk.do((signals.Confirmed if theirs else signals.Dismissed)(doubted.hearing.turn))

    def _soon_over(self) -> None:
        if ended := self._ears.wait(OVER_MS):
            self._end(ended)
