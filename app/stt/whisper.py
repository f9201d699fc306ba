"""The faster-whisper engine: loads the model where it works, judges what it hears, falls back to the CPU."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from app.audio import samples_to_ms
from app.errors import EngineError, SetupError
from app.install.card import idle_card
from app.install.cublas import FIX, preload
from app.interfaces import RATE_HZ, EngineInfo, EngineState, FloatArray, SttJob, SttKind, Transcript, Word
from app.settings import SttSettings
from app.stt.decode import MAX_SAMPLES, PARTIAL_BEAM, STARTER_FILL, Ask, Decoder, Hearing
from app.stt.device import Place, is_cuda_fault, is_full, places, threads
from app.stt.junk import Heard, is_silent, measure, why_junk
from app.stt.pool import SttPool
from app.workers import LOAD_LIMIT_S, Workers

log = logging.getLogger(__name__)

FILES = ("model.bin", "config.json", "tokenizer.json")

ROOM_S = 1.0
"""What takes a card's memory for a moment has mostly left it after so long."""


class WhisperStt:
    """Implements `app.interfaces.Stt` on a CTranslate2 Whisper folder. Nothing is ever fetched."""

    def __init__(self, settings: SttSettings, model: Path, *, starter: bool, alone: bool = True) -> None:
        """`alone`: no other engine takes its place, so that where a card fails it goes to the CPU by itself."""
        self._gives_way = settings.device == "cuda" and not alone
        self._settings = settings
        self._path = model
        self._starter = starter
        self._pool = SttPool(settings, self._transcribe)
        self._stack = AsyncExitStack()
        self._loaded: _Loaded | None = None
        self._reload = threading.Lock()
        self._state = EngineState.LOADING
        self._warnings: tuple[str, ...] = ()
        self._left: tuple[Place, str] | None = None
        """The card that had no room while running, and the warning that says so."""

    async def __aenter__(self) -> Self:
        """Raises `SetupError` when the model is missing or no device can run it."""
        try:
            async with Workers("stt", 1, 1, LOAD_LIMIT_S) as loader:
                self._loaded = await loader.run(self._load)
        except (SetupError, EngineError):
            self._state = EngineState.FAILED
            raise
        await self._stack.enter_async_context(self._pool)
        self._state = EngineState.READY
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
        self._loaded = None

    def info(self) -> EngineInfo:
        return EngineInfo(
            state=EngineState.FAILED if self._pool.broken else self._state,
            model=self._path.name,
            device=str(self._loaded.place) if self._loaded else self._settings.device,
            workers=self._pool.count,
            queue=self._pool.waiting,
            starter=self._starter,
            warnings=self._warnings,
        )

    def languages(self) -> tuple[str, ...]:
        """Codes that `SttJob.language` may have; empty before it is loaded."""
        return self._loaded.decoder.languages if self._loaded else ()

    async def warm(self) -> None:
        """A second of noise, both ways; first back to a card that had no room. Raises `EngineError`."""
        if self._left:
            async with Workers("stt", 1, 1, LOAD_LIMIT_S) as loader:
                await loader.run(partial(self._return, *self._left))
        for kind in (SttKind.FINAL, SttKind.PARTIAL):
            await self._pool.run(_noise(kind))

    async def transcribe(self, job: SttJob) -> Transcript | None:
        """See `Stt.transcribe`. Partials with a beam of two at most, the others with all of it; all with word times."""
        return await self._pool.run(job)

    def commit(self, session: str) -> None:
        """See `Stt.commit`."""
        self._pool.commit(session)

    # ---- in a worker's thread

    def _transcribe(self, job: SttJob) -> Transcript:
        loaded = self._loaded
        if loaded is None:
            raise EngineError("stt", "is not loaded")
        try:
            return self._patiently(loaded, job)
        except RuntimeError as error:
            if loaded.place.device == "cpu" or not is_cuda_fault(error):
                raise
            if self._gives_way:
                self._state = EngineState.FAILED  # a card that failed once fails this process for good
                raise EngineError("stt", f"{loaded.place} failed while running ({error})") from error
            return self._hear(self._fall_back(loaded, error).decoder, job)

    def _patiently(self, loaded: _Loaded, job: SttJob) -> Transcript:
        """Once more where the card had no room: another program may have taken it for a moment."""
        try:
            return self._hear(loaded.decoder, job)
        except RuntimeError as error:
            if loaded.place.device == "cpu" or not is_full(error):
                raise
            log.warning("stt: %s has no room; it is tried once more in %.1f s", loaded.place, ROOM_S)
        threading.Event().wait(ROOM_S)
        return self._hear(loaded.decoder, job)

    def _hear(self, decoder: Decoder, job: SttJob) -> Transcript:
        """Audio past 30 s is heard in pieces; the session cuts at pauses before that."""
        settings = self._settings
        most = PARTIAL_BEAM if job.kind is SttKind.PARTIAL else settings.beam_size  # a draft's text is the final one
        beam = min(most, settings.beam_size)
        ask = Ask(beam, job.language or settings.language or None, job.task)
        starts = range(0, job.audio.size, MAX_SAMPLES)
        pieces = [self._judged(decoder, job.audio[s : s + MAX_SAMPLES], ask, job.session) for s in starts]
        words = (
            Word(w.text, w.start_ms + samples_to_ms(s), w.end_ms + samples_to_ms(s), w.p)
            for s, piece in zip(starts, pieces, strict=True)
            for w in piece.words
        )
        return Transcript(
            text=" ".join(p.text for p in pieces if p.text),
            language=pieces[0].language if pieces else ask.language or "en",
            no_speech_prob=min((p.no_speech_prob for p in pieces), default=1.0),
            duration_ms=samples_to_ms(job.audio.size),
            words=tuple(words),
        )

    def _judged(self, decoder: Decoder, audio: FloatArray, ask: Ask, session: str) -> Hearing:
        """What was said, with no text when it was no speech. Silence does not reach the model."""
        sound = measure(audio)
        if is_silent(sound):
            known = decoder.languages
            language = ask.language if ask.language in known else known[0] if len(known) == 1 else "en"
            return Hearing("", language, 1.0, 0.0, ())
        hearing = decoder.hear(audio, ask)
        evidence = Heard(
            hearing.text, tuple(w.p for w in hearing.words), hearing.no_speech_prob, hearing.avg_log_prob, sound
        )
        if reason := why_junk(evidence):
            log.debug("stt: session %s: no speech (%s)", session, reason)
            return replace(hearing, text="", words=())
        return hearing

    def _load(self) -> _Loaded:
        # OpenMP's threads would spin on each other for work: beside two busy processes a final pass of 0.1 s took up to
        # 5.5 s, waiting passively 0.25 s. Read when the library is loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        missing = [f for f in FILES if not (self._path / f).is_file()]
        if missing:
            raise SetupError(
                f"the speech recogniser's folder {self._path} lacks {', '.join(missing)}",
                fix="Let stt.model name a CTranslate2 Whisper folder that is on this machine.",
            )
        asked = self._settings.compute_type
        *tries, last = places(self._settings.device, asked, self._cuda_types(), _compute_types("cpu"))
        if self._settings.device == "cpu" and asked not in ("auto", last.compute_type):
            self._warn(f"this CPU has no compute type {asked}; speech is recognised on {last}")
        for place in tries:
            try:
                return self._open(place)
            except (RuntimeError, ValueError) as error:
                self._leave_card(f"{place} does not work ({error})", last)
        try:
            return self._open(last)
        except (RuntimeError, ValueError) as error:
            raise SetupError(f"the speech recogniser {self._path} cannot run on {last}: {error}") from error

    def _open(self, place: Place) -> _Loaded:
        """Load and try once: CUDA's libraries are looked for on first use, not on loading."""
        from faster_whisper import WhisperModel

        model = WhisperModel(
            str(self._path),
            device=place.device,
            compute_type=place.compute_type,
            cpu_threads=threads(self._settings.threads, os.cpu_count() or 1, starter=self._starter),
            num_workers=self._pool.count,
            local_files_only=True,
        )
        return _Loaded(place, Decoder(model, STARTER_FILL if self._starter else MAX_SAMPLES))

    def _cuda_types(self) -> frozenset[str]:
        """Compute types of the GPU; none where there is none, with a warning where there should be one."""
        if self._settings.device == "cpu":
            return frozenset()
        import ctranslate2

        try:
            found = _compute_types("cuda") if ctranslate2.get_cuda_device_count() else frozenset[str]()
        except RuntimeError as error:
            self._leave_card(f"CUDA does not work ({error})")
            return frozenset()
        if found and (fault := preload()):
            self._leave_card(f"{fault} (mend it: {FIX})")
            return frozenset()
        if not found and self._settings.device == "cuda":
            self._leave_card("stt.device is cuda, but there is no CUDA device")
        elif not found and (idle := idle_card()):
            self._leave_card(idle)
        return found

    def _leave_card(self, why: str, to: Place | str = "the CPU") -> None:
        """Raises `SetupError` where another engine takes over."""
        if self._gives_way:
            raise SetupError(why, fix="Mend the card, or set stt.device to cpu.")
        self._warn(f"{why}; speech is recognised on {to}, much slower")

    def _fall_back(self, broken: _Loaded, error: RuntimeError) -> _Loaded:
        """The model on the CPU, loaded by the first worker that met the fault; the others wait for it."""
        with self._reload:
            if self._loaded is not broken:
                return self._loaded or broken
            (last,) = places("cpu", "auto", (), _compute_types("cpu"))
            what = f"{broken.place} failed while running ({error})"
            try:
                self._loaded = self._open(last)
            except Exception as failed:  # whatever it is, a new process may have the card again
                self._state = EngineState.FAILED
                raise EngineError("stt", f"{what}, and {last} cannot be loaded ({failed})") from failed
            self._state = EngineState.READY
            warning = f"{what}; speech is recognised on {last}"
            self._warn(warning)
            self._left = (broken.place, warning) if is_full(error) else None
            return self._loaded

    def _return(self, place: Place, warning: str) -> None:
        """Back to the card, if it has room again."""
        try:
            loaded = self._open(place)
            self._hear(loaded.decoder, _noise(SttKind.FINAL))  # it takes its room when it works
        except (RuntimeError, ValueError) as error:
            log.info("stt: %s still does not work (%s)", place, error)
            return
        with self._reload:
            self._loaded, self._left = loaded, None
            self._warnings = tuple(each for each in self._warnings if each != warning)
        log.info("stt: speech is recognised on %s again", place)

    def _warn(self, message: str) -> None:
        self._warnings = (*self._warnings, message)
        log.warning("stt: %s", message)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A model and where it runs; replaced as a whole."""

    place: Place
    decoder: Decoder


def _noise(kind: SttKind) -> SttJob:
    return SttJob("warm", kind, np.random.default_rng(0).normal(0.0, 0.1, RATE_HZ).astype(np.float32))


def _compute_types(device: str) -> frozenset[str]:
    import ctranslate2

    return frozenset(ctranslate2.get_supported_compute_types(device))
