"""One session heard frame by frame, as Parlor hears: what becomes of each sound that comes while we speak.

Engines run for real but on the audio's clock: what is asked of the recogniser is known `Ears.late_ms` later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import inf

from app.audio import ms_to_samples, samples_to_ms
from app.bench.interrupt.loudspeaker import Loudspeaker, quiet_room
from app.bench.interrupt.scenes import Scene, Session
from app.bench.interrupt.score import Outcome
from app.interfaces import FRAME_SAMPLES, RATE_HZ, FloatArray, VadStream
from app.session.coupling import levels
from app.session.own_voice import OwnVoice, PlayedWord
from app.session.whose import FIRST_PROBE_MS, OVER_MS, PROBE_EVERY_MS, Doubt, Verdict, judge
from app.settings import VadSettings

DUCK_DB = -12.0
_OFF_DB = -120.0
_REST = RATE_HZ // FRAME_SAMPLES * FRAME_SAMPLES
EARLIER = ms_to_samples(200)
"""Audio before the onset goes to the recogniser too: an onset is soft."""
LATE_MS = 120
"""From the question to the text: a final pass of the starter ears took 85 to 150 ms."""

Listen = Callable[[Scene, FloatArray, int], Awaitable[str]]
"""What is understood of a piece of a scene's audio that ends at a sample."""


@dataclass(slots=True)
class _Probe:
    until: int
    """Sample."""
    text: str


@dataclass(slots=True)
class _Doubt:
    """A sound that is not ours; samples of the scene."""

    onset: int
    excess_db: float = -inf
    until: int = 0
    """The newest of its sound."""
    probes: list[_Probe] = field(default_factory=list)

    def known(self, now: int, late: int) -> _Probe:
        """The newest probe that has come back."""
        return next((p for p in reversed(self.probes) if p.until + late <= now), _Probe(0, ""))

    def is_due(self, now: int, late: int) -> bool:
        """Whether to look: the last look is back, and it is time, or the sound is over and was not heard whole."""
        if not self.probes:
            return now >= self.onset + ms_to_samples(FIRST_PROBE_MS)
        last = self.probes[-1].until
        over = now - self.until >= ms_to_samples(OVER_MS) and last < self.until
        return now >= last + late and (over or now >= last + ms_to_samples(PROBE_EVERY_MS))


class Talk:
    """A session: what it learned of its own voice stays from scene to scene."""

    def __init__(self, settings: VadSettings, listen: Listen, late_ms: int = LATE_MS) -> None:
        self._settings, self._listen, self._late = settings, listen, ms_to_samples(late_ms)
        self._own = OwnVoice()
        self._clock = 0
        """Where the present scene began."""

    async def run(self, session: Session, open_stream: Callable[[], VadStream]) -> list[Outcome]:
        """Raises `EngineError`."""
        return [await self._scene(scene, open_stream(), first=not at) for at, scene in enumerate(session)]

    async def _scene(self, scene: Scene, stream: VadStream, *, first: bool) -> Outcome:
        speaker, outcome = Loudspeaker(scene), Outcome(scene.name, scene.kind, scene.path.coupling_db, first)
        outcome.asked, outcome.said = bool(scene.asked), " ".join(word.name for word in scene.words)
        outcome.start_ms = samples_to_ms(scene.start)
        self._play(scene, speaker, 0)
        doubt, cold, voiced, quiet_from = None, None, False, 0
        for frame in range(speaker.frames):
            start, now = frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES
            voiced = await self._hear(speaker.heard(start, now), start, stream, voiced=voiced)
            if doubt is None and (doubt := self._doubted(start, now, quiet_from)):
                outcome.ducks.append(samples_to_ms(doubt.onset))
                speaker.turn(DUCK_DB, now)
                self._play(scene, speaker, now)
            if self._own.coupling or not voiced:
                cold = None
            elif doubt is None:
                cold = cold or _Doubt(start)
            if (looked := doubt or cold) is None:
                continue
            verdict = await self._look(scene, speaker, looked, now)
            if verdict is Verdict.CALLER:
                outcome.caller_ms = samples_to_ms(now) - samples_to_ms(scene.start)
                outcome.heard = looked.known(now, self._late).text
                self._own.disown(self._clock + looked.onset)
                await self._stop(scene, speaker, stream, now)
                return outcome
            if doubt and verdict is not Verdict.UNSURE:
                outcome.resumed.append(verdict)
                doubt, quiet_from = None, now
                speaker.turn(0.0, now)
                self._play(scene, speaker, now)
        self._rest(scene, speaker.frames * FRAME_SAMPLES)
        return outcome

    async def _stop(self, scene: Scene, speaker: Loudspeaker, stream: VadStream, now: int) -> None:
        """We are silent; the caller goes on, to the end of the scene or for a second."""
        speaker.turn(_OFF_DB, now)
        self._own.stopped(self._clock + now)
        end = min(speaker.frames * FRAME_SAMPLES, now + _REST)
        for start in range(now, end, FRAME_SAMPLES):
            await self._hear(speaker.heard(start, start + FRAME_SAMPLES), start, stream, voiced=True)
        self._own.disown(self._clock + now)
        self._rest(scene, end)

    def _rest(self, scene: Scene, end: int) -> None:
        """Nobody speaks between two scenes."""
        noise = quiet_room(scene, _REST)
        self._own.hear(self._clock + end, levels(noise), voiced=[False] * (_REST // FRAME_SAMPLES))
        self._clock += end + _REST

    def _play(self, scene: Scene, speaker: Loudspeaker, start: int) -> None:
        words = () if start else scene.reply.words
        played = tuple(PlayedWord(w.name, w.start + self._clock, w.end + self._clock) for w in words)
        self._own.played(self._clock + start, levels(speaker.played[start:]), played)

    async def _hear(self, audio: FloatArray, start: int, stream: VadStream, *, voiced: bool) -> bool:
        chance = float((await stream.probabilities(audio[None]))[0])
        least = self._settings.release_threshold if voiced else self._settings.threshold
        self._own.hear(self._clock + start, levels(audio), voiced=[chance >= least])
        return chance >= least

    def _doubted(self, start: int, now: int, quiet_from: int) -> _Doubt | None:
        sound = self._own.foreign()
        if sound is None or self._own.excess_db(self._clock + start, self._clock + now) == -inf:
            return None
        return _Doubt(max(quiet_from, sound.start_sample - self._clock), until=now)

    async def _look(self, scene: Scene, speaker: Loudspeaker, doubt: _Doubt, now: int) -> Verdict:
        sound = self._own.foreign()
        doubt.until = max(doubt.until, sound.end_sample - self._clock if sound else 0)
        doubt.excess_db = max(doubt.excess_db, self._own.excess_db(self._clock + doubt.onset, self._clock + now))
        if doubt.is_due(now, self._late):
            text = await self._listen(scene, speaker.heard(doubt.onset - EARLIER, now), now)
            doubt.probes.append(_Probe(now, text))
        known = doubt.known(now, self._late)
        return judge(
            Doubt(
                excess_db=doubt.excess_db,
                sounding_ms=samples_to_ms(doubt.until - doubt.onset),
                silent_ms=samples_to_ms(now - doubt.until),
                language=scene.language,
                learned=self._own.coupling is not None,
                heard=known.text,
                heard_whole=known.until >= doubt.until,
                playing=self._own.words(self._clock + doubt.onset, self._clock + now),
                asked=scene.asked,
            )
        )
