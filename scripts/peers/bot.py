"""A pipecat bot of one conversation, on the starter models: run by the peer's own Python, never by ours.

It is put together as pipecat's own templates do it. The wire is the least there is: PCM16 at 16 kHz in binary frames
both ways, and JSON for what the caller must know of turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from loguru import logger
from pipecat.audio.turn.smart_turn.base_smart_turn import SmartTurnParams
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    OutputTransportMessageUrgentFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregator,
    LLMUserAggregatorParams,
    UserTurnStoppedMessage,
)
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.piper.tts import PiperTTSService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transports.websocket.server import (
    SingleClientWebsocketServerParams,
    SingleClientWebsocketServerTransport,
)
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy, TurnAnalyzerUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from scripts.peers.settings import Settings

RATE_HZ = 16_000
"""Of the caller and of the recogniser; the starter voice, of 24 kHz, is resampled."""


class Raw(FrameSerializer):  # type: ignore[misc]  # pipecat is in the other environment
    """PCM16 as it is; JSON for messages, and for an interruption."""

    async def serialize(self, frame: Frame) -> str | bytes | None:
        """One message of the wire, if the frame is for the caller."""
        if isinstance(frame, OutputAudioRawFrame):
            return bytes(frame.audio)
        if isinstance(frame, OutputTransportMessageUrgentFrame) and not self.should_ignore_frame(frame):
            return json.dumps(frame.message)
        return json.dumps({"type": "stop"}) if isinstance(frame, InterruptionFrame) else None

    async def deserialize(self, data: str | bytes) -> Frame | None:
        """Audio; the caller sends nothing else."""
        return InputAudioRawFrame(data, RATE_HZ, 1) if isinstance(data, bytes) else None


def strategies(settings: Settings) -> UserTurnStrategies:
    """pipecat's own for the begin of turns; for their end as the settings say."""
    if not settings.smart_turn:
        return UserTurnStrategies(
            stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=settings.speech_timeout_s)]
        )
    analyzer = LocalSmartTurnAnalyzerV3(params=SmartTurnParams(stop_secs=settings.smart_stop_s))
    return UserTurnStrategies(stop=[TurnAnalyzerUserTurnStopStrategy(turn_analyzer=analyzer)])


def tell_turns(user: LLMUserAggregator) -> None:
    """Let the caller know when a turn of theirs begins and ends, and what was heard."""

    async def tell(**message: str) -> None:
        await user.push_frame(OutputTransportMessageUrgentFrame(message=message))

    async def started(*_: object) -> None:
        await tell(type="turn.started")

    async def stopped(_user: object, _strategy: object, message: UserTurnStoppedMessage) -> None:
        await tell(type="turn.ended", text=message.content or "")

    user.add_event_handler("on_user_turn_started", started)
    user.add_event_handler("on_user_turn_stopped", stopped)


async def run(args: argparse.Namespace, settings: Settings) -> None:
    """Serve callers one after another until cancelled; each begins with an empty history."""
    context = LLMContext()
    params = SingleClientWebsocketServerParams(
        serializer=Raw(), audio_in_enabled=True, audio_out_enabled=True, add_wav_header=False
    )
    transport = SingleClientWebsocketServerTransport(params, "127.0.0.1", args.port)
    pair = LLMContextAggregatorPair(
        context,
        user_params=LLMUserAggregatorParams(
            user_turn_strategies=strategies(settings),
            vad_analyzer=SileroVADAnalyzer(params=VADParams(stop_secs=settings.vad_stop_s)),
        ),
    )
    user, assistant = pair.user(), pair.assistant()
    tell_turns(user)

    async def connected(*_: object) -> None:
        context.set_messages([])

    transport.add_event_handler("on_client_connected", connected)
    services = [transport.input(), *_services(args, user), transport.output(), assistant]
    rates = PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=RATE_HZ)
    worker = PipelineWorker(Pipeline(services), params=rates, idle_timeout_secs=None)

    async def disconnected(*_: object) -> None:
        await worker.queue_frame(InterruptionFrame())  # else the reply would go on into the next call

    transport.add_event_handler("on_client_disconnected", disconnected)
    runner = WorkerRunner(handle_sigint=True, handle_sigterm=True)
    await runner.add_workers(worker)
    await runner.run()


def _services(args: argparse.Namespace, user: LLMUserAggregator) -> list[Any]:
    return [
        WhisperSTTService(device="cpu", settings=WhisperSTTService.Settings(model=str(args.models / "ears"))),
        user,
        OpenAILLMService(
            api_key="none",
            base_url=args.llm,
            settings=OpenAILLMService.Settings(
                model="starter-brain", system_instruction=args.prompt, temperature=0.0, max_tokens=256
            ),
        ),
        PiperTTSService(
            download_dir=args.models / "voice", settings=PiperTTSService.Settings(voice="starter-voice", language=None)
        ),
    ]


def main() -> None:
    """The command line; `--settings` is JSON with fields of `Settings`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--llm", required=True, help="URL of an OpenAI-compatible server, with /v1")
    parser.add_argument("--models", type=Path, required=True, help="models/starter")
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--settings", type=json.loads, default={})
    parser.add_argument("--log", default="WARNING")
    args = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level=args.log)
    asyncio.run(run(args, Settings(**args.settings)))


if __name__ == "__main__":
    main()
