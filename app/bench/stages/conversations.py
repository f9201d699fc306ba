"""Conversations over the real socket at real-time pace: servers around engines, callers, drafting strategies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from app.audio import to_pcm
from app.bench.stages.speech import Utterance, rustling
from app.bench.stages.told import Conversation, Said, turns_of
from app.bench.stages.turns import Turn
from app.client.call import call
from app.client.files import write_wav
from app.client.player import audible_windows
from app.client.record import Event
from app.compose import parts_of, warmed
from app.errors import SetupError
from app.interfaces import RATE_HZ, Engines
from app.net.access import Access
from app.net.api import Api
from app.net.outbox import Outbox
from app.net.server import listening
from app.session.store import Sessions
from app.settings import Config
from app.vad.waiting import PATIENCE, Patience

TURNS = 4
"""In a conversation; the set `turns` has as many by each person."""
Draft = Literal["auto", "off", "stt", "llm", "full"]
Tell = Callable[[str], None]
"""Where it is told how far a run has come."""
_FASTER = 1e-6
"""By so much is one case spoken faster than the one before: nobody hears it, and what was spoken in one is new in the
other, whatever remembers speech."""


@dataclass(frozen=True, slots=True)
class _Caller:
    """One conversation to be held."""

    url: str
    conversation: Conversation
    utterances: Sequence[Utterance]
    patience: Patience


async def strategies(
    config: Config, utterances: Sequence[Utterance], drafts: Sequence[Draft], tell: Tell
) -> list[Turn]:
    """Every conversation once with each strategy, one after another in turn. Raises `SetupError`, `EngineError`."""
    found = list[Turn]()
    groups = [utterances[first : first + TURNS] for first in range(0, len(utterances), TURNS)]
    async with _servers(config, {draft: draft for draft in drafts}) as urls:
        for number, group in enumerate(groups):
            for step in range(len(drafts)):
                draft = drafts[(number + step) % len(drafts)]  # none always comes first
                tell(f"conversation {number + 1} of {len(groups)}, drafts {draft}")
                found += await held(_Caller(urls[draft], Conversation(draft, number), group, _patience(config)))
    return sorted(found, key=lambda turn: drafts.index(turn.case))


async def parallel(config: Config, utterances: Sequence[Utterance], callers: Sequence[int], tell: Tell) -> list[Turn]:
    """So many callers at once, each number until every utterance was said, some of them again where many call.

    Nothing spoken is remembered, for the answers are those to the same words. Raises `SetupError`, `EngineError`.
    """
    found, config = list[Turn](), config.model_copy(update={"tts": config.tts.model_copy(update={"cache_mb": 0})})
    async with _servers(config, {named(count): config.session.draft for count in callers}) as urls:
        for count in callers:
            case, groups = named(count), _shared(utterances, count)
            for first in range(0, len(groups), count):
                tell(f"{case} at once, {first // count + 1} of {len(groups) // count}")
                numbered = enumerate(groups[first : first + count], first)
                found += await _together(
                    [_Caller(urls[case], Conversation(case, n), group, _patience(config)) for n, group in numbered]
                )
    return found


def named(callers: int) -> str:
    """What a case of `parallel` is called."""
    return f"{callers} caller{'s' if callers > 1 else ''}"


async def _together(plans: Sequence[_Caller]) -> list[Turn]:
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(held(plan)) for plan in plans]
    except* SetupError as errors:
        raise errors.exceptions[0] from None
    return [turn for task in running for turn in task.result()]


def _shared(utterances: Sequence[Utterance], callers: int) -> list[Sequence[Utterance]]:
    """Conversations of `TURNS` turns at most, a multiple of `callers`; utterances are said again where too few are."""
    size = min(TURNS, len(utterances))
    least = -(-len(utterances) // size)
    wanted = -(-least // callers) * callers
    again = cycle(utterances)
    return [list(islice(again, size)) for _ in range(wanted)]


@asynccontextmanager
async def _servers(config: Config, drafts: Mapping[str, Draft]) -> AsyncIterator[dict[str, str]]:
    """A server for each case, with its strategy, around the same engines: its URL."""
    name, tts = config.session.profile, config.tts.model_copy(update={"cache_disk_mb": 0})
    own = config.profile[name]
    profiles = {
        f"{name}, {case}": own.model_copy(update={"speed": own.speed + place * _FASTER})
        for place, case in enumerate(drafts)
    }
    # The engines know the profiles of all cases, and speak ahead for each.
    shared = config.model_copy(update={"profile": {**config.profile, **profiles}, "tts": tts})
    async with warmed(shared) as engines, AsyncExitStack() as stack:
        urls = dict[str, str]()
        for (case, draft), profile in zip(drafts.items(), profiles.values(), strict=True):
            session = shared.session.model_copy(update={"draft": draft})
            update = {"session": session, "profile": {**config.profile, name: profile}}
            urls[case] = await stack.enter_async_context(hosted(shared.model_copy(update=update), engines))
        yield urls


@asynccontextmanager
async def hosted(config: Config, engines: Engines) -> AsyncIterator[str]:
    """A server around `engines`, which others may use too, on a free port of this machine only: its URL."""
    update = {"host": "127.0.0.1", "port": 0, "token": "", "tls_cert": "", "tls_key": ""}
    server = config.server.model_copy(update=update)
    api = Api(Access(server))
    async with listening(api, server) as url, Sessions[Outbox](parts_of(config, engines)) as sessions:
        api.sessions = sessions
        yield url


async def held(caller: _Caller) -> list[Turn]:
    """The turns of one conversation. Raises `SetupError` when the server cannot be called, or ends the call."""
    events = list[Event]()
    with TemporaryDirectory() as folder:
        said = list(_written(caller, Path(folder)))
        files = [Path(folder) / f"{number}.wav" for number in range(len(said))]
        records, _ = await call(caller.url, "", files, events.append)
    if len(records) < len(said):
        raise SetupError(f"a call broke off after {len(records)} of {len(said)} turns", fix="Look why with --log info.")
    summaries = [record.summary() for record in records]
    return list(turns_of(caller.conversation, said, events, summaries, caller.patience))


def _written(caller: _Caller, folder: Path) -> Iterator[Said]:
    """Each utterance as a file; none is the same samples as in any other conversation."""
    for number, utterance in enumerate(caller.utterances):
        seed = (caller.conversation.number, number, *caller.conversation.case.encode())
        pcm = to_pcm(rustling(utterance.audio, seed))
        write_wav(folder / f"{number}.wav", pcm, RATE_HZ)
        windows = audible_windows(pcm, RATE_HZ)
        late = utterance.end - (windows[-1] + RATE_HZ // 100 if windows else len(pcm))
        yield Said(utterance.name, late, utterance.text)


def _patience(config: Config) -> Patience:
    return PATIENCE[config.profile[config.session.profile].patience]
