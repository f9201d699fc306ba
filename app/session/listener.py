"""The hearing half of a session: detector events to turns, turns to text."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import assert_never

from app.audio import ms_to_samples, samples_to_ms
from app.errors import EngineError
from app.interfaces import SttJob, SttKind, Transcript
from app.session import refusals, signals
from app.session.doubting import Doubts
from app.session.ears import TAIL_SAMPLES, DetectorFailed, Ears, NothingToCommit, Progress, Sound
from app.session.guard import attempt, once
from app.session.hearing import Draft, Hearing, Span
from app.session.melody import probability_over
from app.session.parts import Desk, Parts
from app.session.timeline import Timeline
from app.stt.agreement import LiveText
from app.stt.windows import Pace, Window
from app.vad.endpoint import Paused, Piece, SpeechEnded, SpeechStarted, WentOn
from app.vad.rhythm import Rhythm
from app.wire import messages as wire

log = logging.getLogger(__name__)

_MELODY = ms_to_samples(8_000)
"""What a turn model hears of a turn, from its end."""
CUT_OFF_MS = 400
"""Who speaks so soon after we ended a turn was not answering us: we had cut in. Nobody reacts to speech as fast."""


class Listener:
    """What one session hears."""

    def __init__(self, session_id: str, desk: Desk, parts: Parts) -> None:
        self.ears = Ears(parts.engines.vad, parts.config.vad, parts.config.session)
        self.doubts = Doubts(desk, session_id, parts, self.ears, self.end)
        self.language: str | None = None
        """Of the newest transcript with words in it."""
        self.timelines: dict[int, Timeline] = {}
        """Of turns that were heard and not yet answered."""
        self.rhythm = self._known = Rhythm()
        """How this caller pauses; `_known` is what was learned before the present turn, which may be mere noise."""
        self._session_id = session_id
        self._desk = desk
        self._stt, self._turn_model = parts.engines.stt, parts.engines.turn
        self._metrics = parts.metrics
        self._settings, self._retry_s = parts.config.stt, parts.config.session.reply_retry_s
        self._clock = asyncio.get_running_loop().time
        self._hearings: dict[int, Hearing] = {}
        self._newest: Hearing | None = None
        """The one that is being spoken."""
        self._live: LiveText | None = None
        self._showing: asyncio.Task[None] | None = None
        self._start = self._onset = self._paused_at = 0
        self._draft: Draft | None = None
        """Of the present pause."""
        self._drafting: asyncio.Task[None] | None = None
        self._told: asyncio.Task[None] | None = None
        self._last: SpeechEnded | None = None
        self._ended: SpeechEnded | None = None

    @property
    def pending(self) -> int:
        """Turns whose final text is not there yet."""
        return len(self._hearings)

    def forget(self) -> None:
        """Somebody else may speak now."""
        self.language, self.rhythm, self._known = None, Rhythm(), Rhythm()
        for hearing in self._hearings.values():
            hearing.forgotten = hearing.over

    async def run(self) -> None:
        """Listen until the session ends. Raises as `Ears.listen` does."""
        async for sound in self.ears.listen():
            self._on(sound)

    def carry_out(self, command: signals.OfSpeech) -> None:
        """What the turn machine wants."""
        turn = command.turn
        match command:
            case signals.Announce():
                self._begin(turn)
            case signals.Doubt():
                self.doubts.begin(self._open(turn), self._onset)
            case signals.Weigh():
                self._close(turn)
                self.doubts.over()
            case signals.Ignore():
                self._ignore(turn)
            case signals.Draft():
                self._begin_draft(turn)
            case signals.Resume():
                self._drop_draft()
            case signals.Transcribe():
                if hearing := self._hearings.get(turn):
                    self.ears.own.disown(hearing.start)  # ours may have sounded on for a while
                self._close(turn)
                self._desk.tell(wire.SpeechStopped(turn))
            case _:
                assert_never(command)

    def _open(self, turn: int) -> Hearing:
        hearing = self._newest = self._hearings[turn] = Hearing(turn, self._start)
        return hearing

    def _begin(self, turn: int) -> None:
        """`turn` starts with the speech that was just detected, or that there was doubt of until now."""
        hearing = self._without_ours(turn) or self._hearings.get(turn) or self._open(turn)
        self.ears.own.disown(hearing.start)
        self.doubts.forget()
        self._live = LiveText(Pace.of(self._settings))
        self._desk.tell(wire.SpeechStarted(turn))
        self._desk.so_far(turn, "")
        self._metrics.turns.labels("spoken").inc()
        self._told = self._desk.tasks.create_task(self._transcribe(hearing, self._told))

    def _without_ours(self, turn: int) -> Hearing | None:
        """What was in doubt and is the caller's: from where the caller began."""
        start = self.doubts.start_of(turn)
        if start is None:
            return None
        doubted = self._hearings[turn]
        hearing = self._hearings[turn] = Hearing(turn, start)
        if doubted.over:
            hearing.finish(max(start, doubted.end))
        else:
            self._newest = hearing
        return hearing

    def _ignore(self, turn: int) -> None:
        """It was no turn."""
        self.doubts.forget()
        self.timelines.pop(turn, None)
        if not self._hearings.pop(turn).over:
            self._newest = None
            self.ears.end_speech()

    def _begin_draft(self, turn: int) -> None:
        """The speech of `turn` may be over: transcribe it as if it were."""
        hearing = self._hearings.get(turn)
        self.ears.wait(self._desk.patience(None, None))  # until the words are known, if they are in time
        if not self._desk.drafts or not hearing or self._paused_at <= hearing.live_start:
            return
        span = Span(hearing.live_start, min(self.ears.received, self._paused_at + TAIL_SAMPLES))
        self._draft = Draft(hearing, span, self.ears.at_ms, asyncio.get_running_loop().create_future())
        self._drafting = self._desk.tasks.create_task(self._transcribe_draft(self._draft))

    def _drop_draft(self) -> None:
        """It was not over."""
        if self._draft and self._drafting:
            self._drafting.cancel()
            self._draft.settle(None)  # a task that is cancelled before it begins says nothing, and a piece may wait
        self._draft = None

    def _close(self, turn: int) -> None:
        """The speech of `turn` is over: by the detector's word, or because somebody went on without waiting for it."""
        hearing, draft = self._hearings.get(turn), self._draft
        self._live = None
        if self._showing:
            self._showing.cancel()  # it would keep the recogniser from who still speaks
        if hearing and hearing.over:
            return
        ended = self._ended or self.ears.end_speech()
        self._ended = self._newest = self._draft = None
        if not hearing:
            return
        end, decided = (ended.end_sample, ended.decided_sample) if ended else (self.ears.received,) * 2
        timeline = self.timelines[turn] = Timeline(self.ears.at_ms, self._clock())
        timeline.place("speech_end", samples_to_ms(end))
        if draft:
            self._stt.commit(self._session_id)
            timeline.place("draft", draft.at_ms)
        hearing.finish(min(decided, end + TAIL_SAMPLES) if end > hearing.live_start else hearing.live_start, draft)

    def _on(self, sound: Sound) -> None:
        match sound:
            case SpeechStarted(start, onset):
                self._started(start, onset)
            case Piece(end_sample=end):
                if self._newest:
                    self._newest.piece(end, self._draft)
            case Paused(end_sample=end):
                self._paused_at = end
                self._desk.do(signals.Paused())
                self.doubts.paused()
            case WentOn(pause):
                # The pauses of our own echo are not the caller's.
                self.rhythm = self.rhythm if self.doubts.open else self.rhythm.heard(samples_to_ms(pause))
                self._desk.do(signals.WentOn())
            case SpeechEnded():
                self.end(sound)
            case NothingToCommit():
                self._desk.fail(refusals.nothing_to_commit())
            case DetectorFailed(error):
                self._desk.fail(error)
            case Progress():
                self._progress()

    def _started(self, start: int, onset: int) -> None:
        self._start, self._onset = start, onset
        doubtful, last = self.ears.doubtful(onset), self._last
        if last and not doubtful and onset - last.decided_sample < ms_to_samples(CUT_OFF_MS):
            self.rhythm = self.rhythm.cut(samples_to_ms(onset - last.end_sample))
        self._desk.do(signals.SpeechBegan(doubtful))

    def end(self, ended: SpeechEnded) -> None:
        """The speech is over."""
        self._ended = self._last = ended
        self._desk.do(signals.SpeechEnded())
        self._ended = None

    def _progress(self) -> None:
        needed = min((h.oldest for h in self._hearings.values()), default=self.ears.received)
        self.ears.forget_before(needed)
        self.doubts.progress()
        if not (self._desk.choice.partials and self._live and self._newest) or self._draft:
            return
        if (self._showing and not self._showing.done()) or self.ears.silent:
            return  # a draft may be due at once, and must not find the recogniser busy
        hearing = self._newest
        if window := self._live.next_window(self.ears.received - hearing.start):
            start = max(hearing.start + window.start, hearing.oldest)  # pieces that are text already are forgotten
            job = self._job(SttKind.PARTIAL, Span(start, hearing.start + window.end))
            window = Window(start - hearing.start, window.end)
            self._showing = self._desk.tasks.create_task(self._show(hearing.turn, self._live, window, job))

    async def _show(self, turn: int, live: LiveText, window: Window, job: SttJob) -> None:
        """One window to live text. A failure is not worth an error: the final pass will say."""
        heard: Transcript | None = None
        try:
            heard = await once("stt", partial(self._stt.transcribe, job), self._settings.limit_s)
        except EngineError:
            log.warning("session %s: a partial failed", self._session_id)
        if heard is not None and live is self._live:
            text = live.add(window, heard.words)
            self._desk.tell(wire.TranscriptPartial(turn, text.stable, text.unstable))
            self._desk.so_far(turn, text.stable)

    async def _transcribe_draft(self, draft: Draft) -> None:
        """What was said so far, to text; then how long the pause must be is known. A failure is the final pass's."""
        heard: Transcript | None = None
        start = max(draft.hearing.oldest, draft.span.end - _MELODY)
        sound = self.ears.audio(Span(start, draft.span.end))
        melody = self._desk.tasks.create_task(probability_over(self._turn_model, sound))  # beside the words
        try:
            job = self._job(SttKind.DRAFT, draft.span)
            heard = await once("stt", partial(self._stt.transcribe, job), self._settings.limit_s)
        except EngineError:
            log.warning("session %s: a draft failed", self._session_id)
        finally:
            draft.settle(heard)
        text = draft.hearing.with_rest(heard) if heard else None
        if heard is None or text is None or draft is not self._draft:
            return
        self.language = heard.language if text else self.language
        self._desk.do(signals.Drafted(draft.hearing.turn, text))
        over = await melody
        if draft is self._draft and (ended := self.ears.wait(self._desk.patience(text, over))):
            self.end(ended)

    async def _transcribe(self, hearing: Hearing, earlier: asyncio.Task[None] | None) -> None:
        """The final text of one turn, after those said before it."""
        text = ""
        try:
            heard = await hearing.transcript(self._final, self._desk.fail)
            if earlier:
                await asyncio.wait((earlier,))
            if heard:
                text = heard.text
                self.language = heard.language if text and not hearing.forgotten else self.language
                self._tell_final(hearing.turn, heard)
        finally:
            del self._hearings[hearing.turn]
        if timeline := self.timelines.get(hearing.turn):
            timeline.mark("final_text", self._clock())
        self.rhythm = self._known = self.rhythm if text else self._known
        self._desk.do(signals.Heard(hearing.turn, text))
        self.timelines.pop(hearing.turn, None)

    async def _final(self, span: Span) -> Transcript:
        async def whole() -> Transcript:
            heard = await self._stt.transcribe(self._job(SttKind.FINAL, span))
            if heard is None:
                raise EngineError("stt", "a final pass was dropped")
            return heard

        return await attempt("stt", whole, self._settings.limit_s, self._retry_s)

    def _job(self, kind: SttKind, span: Span) -> SttJob:
        return SttJob(self._session_id, kind, self.ears.audio(span), self._desk.choice.language, self._settings.task)

    def _tell_final(self, turn: int, heard: Transcript) -> None:
        words = tuple(wire.HeardWord(w.text, w.start_ms, w.end_ms, round(w.p, 3)) for w in heard.words)
        no_speech = round(heard.no_speech_prob, 3)
        self._desk.tell(wire.TranscriptFinal(turn, heard.text, heard.language, no_speech, heard.duration_ms, words))
