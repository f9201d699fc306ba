"""Puts the whole together. The only file that names concrete engines."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.allocator import give_back
from app.config import ROOT
from app.errors import EngineError
from app.fallback.chain import Candidate, Chain, E
from app.fallback.engines import FallbackLlm, FallbackStt, FallbackTts, FallbackVad
from app.hub.start import check_models
from app.interfaces import Engine, Engines, EngineState, Llm, SpeechJob, Stt, TurnModel, Vad
from app.llm.llama import LlamaLlm
from app.llm.remote import RemoteLlm
from app.metrics import Metrics
from app.net.access import Access, check_bind
from app.net.api import Api
from app.net.outbox import Outbox
from app.net.server import listening
from app.remote import notices
from app.session.parts import Parts
from app.session.store import Sessions
from app.settings import Config, LlmSettings, SttSettings, TtsSettings, VadSettings
from app.stt.cache import TranscriptCache
from app.stt.remote import RemoteStt
from app.stt.whisper import WhisperStt
from app.tts.cache import Speaker, SpeechCache
from app.tts.disk import Disk, default_folder
from app.tts.piper import Piper
from app.vad.energy import Energy
from app.vad.silero import Silero
from app.vad.smart_turn import SmartTurn
from app.workers import Workers

log = logging.getLogger(__name__)
TRIM_S = 15.0
TRIM_LIMIT_S = 60.0
WATCH_S = 30.0
MOST_FAILURES = 4
"""In a row, with `WATCH_S` between them: what is only slow, or is being replaced, has come back by then."""
AGAIN_S = 60.0
"""After so long a server that was given up may be back: who restarts one has it up by then."""
MB = 1_000_000
STARTER = ROOT / "models" / "starter"


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    url: str
    notices: tuple[str, ...]
    """What the operator should see at start."""


@asynccontextmanager
async def server(config: Config, end: Callable[[], None] | None = None) -> AsyncIterator[Running]:
    """Serve until left. Listens at once (`/readyz` says 503) and yields when every engine is warm.

    `end` is called when an engine does not work any more; without it the others go on as well as they can. Raises
    `SetupError` for what is wrong with the installation, `EngineError` when an engine does not work.
    """
    warning = check_bind(config.server)
    check_models(config)
    api = Api(Access(config.server))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(listening(api, config.server))
        loaded = await stack.enter_async_context(warmed(config))
        parts = parts_of(config, loaded)
        sessions: Sessions[Outbox] = await stack.enter_async_context(Sessions(parts))
        await stack.enter_async_context(_kept_warm(loaded, sessions, config.warm.idle_s))
        await stack.enter_async_context(_watched(loaded, WATCH_S, end))
        await stack.enter_async_context(_kept_small(TRIM_S))
        api.sessions = sessions
        warnings = [*notices(config), *(w for engine in loaded.each().values() for w in engine.info().warnings)]
        for text in (warning, *warnings):
            if text:
                log.warning("%s", text)
        yield Running(url, tuple(text for text in (parts.starter(), warning, *warnings) if text))


def end_process() -> None:
    """For systemd or docker to start it anew. At once: a thread that hangs in native code may block destructors."""
    os._exit(1)


def assembled(config: Config) -> Engines:
    """The engines that `config` names, still to be loaded: each is entered, then warmed. They remember nothing."""
    return Engines(_vad(config.vad), _stt(config.stt), _llm(config), _tts(config), _turn(config.vad))


def remembering(config: Config) -> Engines:
    """The same, with what was said and heard before remembered as `config` asks."""
    stt, tts = _stt(config.stt), _tts(config)
    return Engines(
        _vad(config.vad),
        TranscriptCache(stt, config.stt.cache_s) if config.stt.cache_s else stt,
        _llm(config),
        _speech_cache(config, tts),
        _turn(config.vad),
    )


def _vad(settings: VadSettings) -> Vad:
    def make(one: VadSettings) -> Vad:
        return Silero(one) if one.engine == "silero" else Energy(one)

    tries = [Candidate(one.engine, partial(make, one)) for one in settings.order()]
    return FallbackVad(Chain("vad", tries, settings.limit_s)) if len(tries) > 1 else make(settings)


def _turn(settings: VadSettings) -> TurnModel | None:
    path = ROOT / settings.turn_model
    return SmartTurn(path, settings.limit_s) if path.is_file() else None


def _stt(settings: SttSettings) -> Stt:
    order = settings.order()

    def make(one: SttSettings) -> Stt:
        if one.url:
            return RemoteStt(one)
        path = ROOT / one.model
        return WhisperStt(one, path, starter=_is_starter(path), alone=one is order[-1])

    tries = [_candidate(one, partial(make, one)) for one in order]
    return FallbackStt(Chain("stt", tries, settings.limit_s)) if len(tries) > 1 else make(order[0])


def _llm(config: Config) -> Llm:
    settings = config.llm
    order = settings.order()

    def make(one: LlmSettings) -> Llm:
        if one.url:
            return RemoteLlm(one)
        path, sessions = ROOT / one.model, config.session.max_sessions
        return LlamaLlm(one, sessions, path, starter=_is_starter(path), alone=one is order[-1])

    tries = [_candidate(one, partial(make, one)) for one in order]
    return FallbackLlm(Chain("llm", tries, settings.first_token_s)) if len(tries) > 1 else make(order[0])


def _candidate(one: SttSettings | LlmSettings, make: Callable[[], E]) -> Candidate[E]:
    """A try of an order; a server that was away is tried again."""
    return Candidate(f"{one.model} on {one.url or one.device}", make, AGAIN_S if one.url else None)


def _tts(config: Config) -> Speaker:
    settings = config.tts

    def make(one: TtsSettings) -> Speaker:
        voices = tuple(ROOT / voice for voice in one.voices)
        return Piper(one, voices, any(map(_is_starter, voices)), config.stt.language)

    tries = [Candidate(", ".join(one.voices), partial(make, one)) for one in settings.order()]
    return FallbackTts(Chain("tts", tries, settings.limit_s)) if len(tries) > 1 else make(settings)


def _speech_cache(config: Config, tts: Speaker) -> SpeechCache:
    settings, profiles = config.tts, config.profile.values() if config.tts.cache_mb else ()
    folder = Path(settings.cache_folder) if settings.cache_folder else default_folder(os.environ)
    disk = Disk(folder, settings.cache_disk_mb * MB) if folder and settings.cache_disk_mb and profiles else None
    ahead = dict.fromkeys(SpeechJob(text, code, speed=p.speed) for p in profiles for code, text in p.spoken_ahead())
    return SpeechCache(tts, settings.cache_mb * MB, tuple(ahead), disk)


@asynccontextmanager
async def warmed(config: Config) -> AsyncIterator[Engines]:
    """All engines as a server has them, loaded and warmed. Raises `SetupError`, `EngineError`."""
    loaded = remembering(config)
    async with AsyncExitStack() as stack:
        for engine in loaded.each().values():
            await stack.enter_async_context(engine)
        for engine in loaded.each().values():
            await engine.warm()
        gc.collect()
        gc.freeze()  # what is loaded stays: to look through all of it now and then stops everybody for 50 ms
        stack.callback(gc.unfreeze)
        yield loaded


def parts_of(config: Config, engines: Engines) -> Parts:
    """What a server around `engines` gives its sessions."""
    ears, brain = (
        _starter_facts(one.model for one in part.order() if not one.url) for part in (config.stt, config.llm)
    )
    known = ears or brain or _starter_facts(voice for one in config.tts.order() for voice in one.voices)
    return Parts(
        engines,
        config,
        Metrics(),
        known.get("knows", ""),
        brain.get("prompt", ""),
        config.stt.language or known.get("language", "en"),
    )


@asynccontextmanager
async def _kept_warm(engines: Engines, sessions: Sessions[Outbox], idle_s: float) -> AsyncIterator[None]:
    """Run every engine once more whenever nobody has spoken for `idle_s`: caches and clocks go cold."""

    async def keep() -> None:
        while True:
            await asyncio.sleep(idle_s)
            if sessions.idle_s() < idle_s:
                continue
            for name, engine in engines.each().items():
                try:
                    await engine.warm()
                except EngineError as error:
                    log.warning("%s could not be warmed: %s", name, error.message)

    async with _running(keep()):
        yield


@asynccontextmanager
async def _watched(engines: Engines, every_s: float, end: Callable[[], None] | None) -> AsyncIterator[None]:
    """Run an engine that failed once more, as it may work again; what never does is told to `end`."""
    failures: Counter[str] = Counter()

    async def watch() -> None:
        while True:
            await asyncio.sleep(every_s)
            for name, engine in engines.each().items():
                failures[name] = failures[name] + 1 if await _still_fails(name, engine) else 0
                if end and failures[name] == MOST_FAILURES and _mended_by_ending(engines, engine):
                    log.critical("%s does not work any more; Parlor ends, to be started anew", name)
                    end()

    async with _running(watch()):
        yield


def _mended_by_ending(engines: Engines, engine: Engine) -> bool:
    """Whether a new process may have it again; the turn model can be missed."""
    return engine is not engines.turn and not engine.info().elsewhere


async def _still_fails(name: str, engine: Engine) -> bool:
    """Whether an engine that had failed does so when it is run once more."""
    if engine.info().state is not EngineState.FAILED:
        return False
    try:
        await engine.warm()
    except EngineError as error:
        log.warning("%s failed, and does not work yet: %s", name, error.message)
    return engine.info().state is EngineState.FAILED


@asynccontextmanager
async def _kept_small(every_s: float) -> AsyncIterator[None]:
    """Give free memory back now and then, on a thread of its own."""

    async def keep(worker: Workers) -> None:
        while True:
            await asyncio.sleep(every_s)
            try:
                await worker.run(give_back)
            except EngineError as error:
                log.warning("memory could not be given back: %s", error.message)

    async with Workers("memory", 1, 1, TRIM_LIMIT_S) as worker, _running(keep(worker)):
        yield


@asynccontextmanager
async def _running(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """`work` beside what is inside, and cancelled with it."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work)
        try:
            yield
        finally:
            task.cancel()


def _is_starter(model: Path) -> bool:
    return model.resolve().is_relative_to(STARTER.resolve())


def _starter_facts(models: Iterable[str]) -> dict[str, str]:
    """What the `starter.toml` nearest to the first starter model among them says; nothing of other models."""
    paths = (ROOT / model for model in models)
    above = [folder for path in paths if _is_starter(path) for folder in path.resolve().parents]
    told = next((folder / "starter.toml" for folder in above if (folder / "starter.toml").is_file()), None)
    return tomllib.loads(told.read_text("utf-8")) if told else {}
