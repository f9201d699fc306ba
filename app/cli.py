"""The command `parlor`."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from shlex import quote
from shutil import which
from typing import Any, TextIO

import app.bench.command
import app.bundle.command
import app.doctor.command
import app.hub.command
from app import __version__, logs
from app import loop as event_loop
from app.config import load
from app.errors import ParlorError
from app.settings import Config

TOOLS = {
    "models": app.hub.command,
    "doctor": app.doctor.command,
    "bundle": app.bundle.command,
    "bench": app.bench.command,
}
"""Commands of their own, each with `add_parser` and `run`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code: 0 done, 1 failed, 2 used wrongly."""
    args = _parser().parse_args(argv)
    # Read when a library is loaded: threads that spin for work take it from each other (docs/decisions.md).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    logs.start(args.log)
    try:
        config = load(args.config, os.environ, args.set)
        if args.command in TOOLS:
            done: int = TOOLS[args.command].run(config, args)
            return done
        return event_loop.run({"serve": _serve, "call": _call, "talk": _talk}[args.command](config, args))
    except ParlorError as error:
        return _failed(error)
    except BaseExceptionGroup as group:  # from within the tasks of a server of our own
        ours, others = group.split(ParlorError)
        if ours is None or others:
            raise
        return _failed(_first(ours))
    except KeyboardInterrupt:
        return 130


def _first(group: BaseExceptionGroup[ParlorError]) -> ParlorError:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _failed(error: ParlorError) -> int:
    _say(f"parlor: {error.message}\n  {_to_paste(error.fix)}", sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("parlor", description="A spoken conversation, entirely on your own machine.")
    parser.add_argument("--version", action="version", version=__version__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config",
        metavar="NAME|FILE",
        action="append",
        help="a configuration in config/ or a TOML file; more add to it",
    )
    common.add_argument("--set", metavar="SECTION.KEY=VALUE", action="append", default=[], help="override one setting")
    common.add_argument("--log", default="warning", choices=["debug", "info", "warning", "error"], help="log level")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", parents=[common], help="serve conversations over HTTP and WebSockets")
    call = commands.add_parser("call", parents=[common], help="hold a conversation with audio files as the caller")
    call.add_argument(
        "--wav", metavar="FILE", type=Path, action="append", required=True, help="a turn; may be repeated"
    )
    call.add_argument("--out", metavar="DIR", type=Path, help="write reply audio and transcripts here")
    talk = commands.add_parser("talk", parents=[common], help="hold a conversation with microphone and loudspeaker")
    talk.add_argument("--list-devices", action="store_true", help="list microphones and loudspeakers, and stop")
    talk.add_argument("--input-device", metavar="NAME|INDEX", help="the microphone; a part of its name will do")
    talk.add_argument("--output-device", metavar="NAME|INDEX", help="the loudspeaker")
    talk.add_argument("--half-duplex", action="store_true", help="hear nothing while Parlor speaks; Enter stops it")
    for caller in (call, talk):
        caller.add_argument("--url", help="a running server; without it one is started in this process")
        caller.add_argument("--token", default="", help="the server's token, where it has one")
        caller.add_argument("--json", action="store_true", help="one JSON object per event, last a summary")
    for tool in TOOLS.values():
        tool.add_parser(commands, common)
    return parser


_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_STOPPED = 130
"""As shells have it for what was interrupted."""


async def _serve(config: Config, _: argparse.Namespace) -> int:
    from app.compose import end_process, server  # engines take a second to import, and `--help` must not

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    _when_told_to_stop(loop, partial(_leave, loop, asyncio.current_task()))
    try:
        async with server(config, end_process) as running:
            _when_told_to_stop(loop, stop.set)
            for notice in running.notices:
                _say(notice)
            _say(f"Parlor is ready on {running.url}  (stop with Ctrl-C)")
            await stop.wait()
            _say("Stopping.")
    except asyncio.CancelledError:
        return _STOPPED
    return 0


def _when_told_to_stop(loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> None:
    for name in _SIGNALS:
        loop.add_signal_handler(name, stop)


def _leave(loop: asyncio.AbstractEventLoop, starting: asyncio.Task[Any] | None) -> None:
    """Before it is ready. What loads a model cannot be called back; to be told twice ends that too."""
    for name in _SIGNALS:
        loop.remove_signal_handler(name)
    if starting:
        _say("Stopping before it is ready.")
        starting.cancel()


async def _call(config: Config, args: argparse.Namespace) -> int:
    from app.client.call import call
    from app.client.terminal import Terminal

    terminal = Terminal(args.out, as_json=args.json)
    async with _server(config, args.url) as url:
        records, went_well = await call(url, args.token or config.server.token, args.wav, terminal.show)
    terminal.finish(records)
    return 0 if went_well else 1


async def _talk(config: Config, args: argparse.Namespace) -> int:
    from app.client.card import devices, find, opened
    from app.client.connection import connected
    from app.client.echo import ADVICE, canceller
    from app.client.echo_level import EchoLevel
    from app.client.front import FrontEnd
    from app.client.screen import Screen
    from app.client.talk import Talk

    if args.list_devices:
        _say("\n".join(devices()))
        return 0
    microphone, loudspeaker = find("input", args.input_device), find("output", args.output_device)
    cancels = None if args.half_duplex else canceller()
    echo = EchoLevel(loudspeaker.rate_hz, microphone.rate_hz)
    front = FrontEnd(loudspeaker.rate_hz, microphone.rate_hz, cancels, echo)
    screen = Screen(sys.stdout, as_json=args.json)
    async with _server(config, args.url) as url, connected(url, args.token or config.server.token) as line:
        talk = Talk(line, front, screen.show)
        screen.say(f"{microphone.name} -> Parlor -> {loudspeaker.name}  (Enter stops a reply, Ctrl-C hangs up)")
        if not (cancels or args.half_duplex):
            screen.say(ADVICE)
        with _keys(talk.hang_up, talk.interrupt):
            await talk.run(partial(opened, microphone, loudspeaker))
    if talk.fault is None:
        return 0
    if not sys.stdout.isatty():  # else it stands there
        _failed(ParlorError(talk.fault["message"], fix=talk.fault["fix"]))
    return 1


@contextmanager
def _keys(hang_up: Callable[[], None], interrupt: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and, at a terminal, Enter."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, hang_up)
    at_terminal = sys.stdin is not None and sys.stdin.isatty()

    def pressed() -> None:
        if not sys.stdin.readline():  # closed
            loop.remove_reader(sys.stdin)
        interrupt()

    if at_terminal:
        loop.add_reader(sys.stdin, pressed)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        if at_terminal:
            loop.remove_reader(sys.stdin)


@asynccontextmanager
async def _server(config: Config, url: str | None) -> AsyncIterator[str]:
    """The URL of the server that was named, or of one in this process."""
    from app.compose import server

    if url:
        yield url
        return
    settings = config.server.model_copy(update={"host": "127.0.0.1", "port": 0, "tls_cert": "", "tls_key": ""})
    async with server(config.model_copy(update={"server": settings})) as running:
        yield running.url


def _to_paste(fix: str) -> str:
    """`fix` with our own command by its place, where `parlor` alone would not be found."""
    if which("parlor"):
        return fix
    own = Path(sys.executable).with_name("parlor")
    place = os.path.relpath(own) if own.is_relative_to(Path.cwd()) else str(own)
    return re.sub(r"\bparlor (?=(models|doctor|bundle|serve|talk)\b)", lambda _: f"{quote(place)} ", fix)


def _say(text: str, to: TextIO | None = None) -> None:
    print(text, file=to or sys.stdout, flush=True)
