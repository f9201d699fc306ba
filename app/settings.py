"""The settings: one frozen model per stage."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

Count = Annotated[int, Field(ge=1)]
NotNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Device = Literal["auto", "cpu", "cuda"]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}$")]
"""ISO 639 code."""
Url = Annotated[str, Field(pattern=r"^(https?://(\[[0-9a-fA-F:]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?(/[^\s?#]*)?)?$")]
"""An OpenAI-compatible server up to its own paths (http://gpu-box:8080/v1), or empty."""
Key = Annotated[str, Field(pattern=r"^[!-~]*$")]


_CONFIG = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Stage(BaseModel):
    """Base of every section."""

    model_config = _CONFIG


class EngineStage(Stage):
    """A section whose engine may have others behind it."""

    per_try: ClassVar[frozenset[str]]
    """The settings that an engine reads itself, and that may therefore differ in a further try."""
    fallback: tuple[dict[str, Any], ...]
    """What differs where the engine cannot be loaded or keeps failing: one table for each further try, in order."""

    def order(self) -> tuple[Self, ...]:
        """These settings, then each further try: what its table names, and all else as here; a key is of one server."""
        first = self.model_dump() | {"fallback": ()}
        further = ({"key": ""} | table if "url" in table else table for table in self.fallback)
        return tuple(self.model_validate(first | table) for table in ({}, *further))

    @field_validator("fallback")
    @classmethod
    def _tries_are_valid(cls, tables: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        faults = [
            f"try {number}: {key}: {fault}"
            for number, table in enumerate(tables, 1)
            for key, value in table.items()
            for fault in cls._faults(key, value)
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return tables

    @classmethod
    def _faults(cls, key: str, value: object) -> list[str]:
        """What is wrong with `value` as the setting `key`."""
        field = cls.model_fields.get(key)
        if field is None or key == "fallback":
            return ["is not a setting"]
        if key not in cls.per_try:
            return ["holds for every try: set it outside fallback"]
        kind: Any = Annotated[field.annotation, field]
        try:
            TypeAdapter(kind, config=_CONFIG).validate_python(value)
        except ValidationError as error:
            return [e["msg"] for e in error.errors()]
        return []


class Server(Stage):
    """Where Parlor listens, and who may speak to it."""

    host: str
    port: Annotated[int, Field(ge=0, le=65_535)]
    """0 takes a free one and says which."""
    token: str
    """Admin token; empty only on loopback."""
    open_to_all: bool
    """Bind elsewhere than loopback without a token."""
    allowed_hosts: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    tls_cert: str
    tls_key: str
    """PEM files; a relative path begins in Parlor's folder."""


class SessionSettings(Stage):
    """The bounds of one session."""

    max_sessions: Count
    """At once; each has a sequence in the language model."""
    idle_s: Positive
    """Seconds since the last word that was said, typed or played, or a new socket, after which a session expires."""
    expiring_notice_s: NotNegative
    """How long before that the client is told."""
    keep_s: NotNegative
    """Seconds that a session outlives its socket."""
    buffer_bytes: Annotated[int, Field(ge=100_000)]
    """Audio kept for transcription."""
    backlog_s: Positive
    """Audio received and not yet taken, after which the socket is read no further."""
    too_slow_s: Positive
    """Seconds of such a standstill, after which the session ends."""
    max_text_chars: Count
    """Characters in one typed turn or one text to speak."""
    max_typed_waiting: Count
    """Texts that may wait to be spoken (`text_request`); one more is too_fast."""
    history_chars: Count
    """Characters of conversation remembered; the oldest go first."""
    profile: str
    """Of the sessions that name none."""
    draft: Literal["auto", "off", "stt", "llm", "full"]
    """Worked out in a pause: the text, the answer, its first speech; auto: all that nobody else has to wait for."""
    half_duplex: bool
    """Hear nothing while we speak: for loudspeakers whose echo nothing cancels."""
    playback_grace_s: NotNegative
    """How long the last playback report is waited for after a stop."""
    reply_retry_s: NotNegative
    """Back-off before a failed engine call is tried once more."""


class VadSettings(EngineStage):
    """When speech starts and ends."""

    per_try = frozenset({"engine"})
    engine: Literal["silero", "energy"]
    threshold: Share
    """Probability from which a frame is speech."""
    release_threshold: Share
    """Probability below which speech may end."""
    min_speech_ms: Count
    """Shorter bursts are no speech."""
    pause_ms: Count
    """Silence after which what was said so far is drafted."""
    silence_ms: Count
    """Silence that ends a turn whose words are not known in time, as with session.draft off; else patience decides."""
    pre_roll_ms: Annotated[int, Field(ge=0)]
    """Audio kept from before the detected start."""
    noise_margin_db: NotNegative
    """How far above the noise floor a frame must be to start speech."""
    max_noise_s: Positive
    """A turn held open by noise ends after this."""
    piece_after_s: Positive
    """Speech longer than this is transcribed in pieces, cut at the next short pause."""
    piece_pause_ms: Count
    """What counts as such a pause."""
    max_piece_s: Annotated[float, Field(gt=0, le=30)]
    """A piece is cut here even without a pause; Whisper hears 30 s at most."""
    turn_model: str
    """A Smart Turn ONNX file, used where it is installed; empty: never."""
    limit_s: Positive
    """Seconds that one call of the detector may take."""


class SttSettings(EngineStage):
    """Speech to text."""

    per_try = frozenset(
        {"url", "key", "model", "device", "compute_type", "threads", "workers", "final_workers", "beam_size"}
    )
    url: Url
    """Who hears instead; empty: faster-whisper, in this process."""
    key: Key
    """For that server, if it asks for one."""
    model: str
    """A CTranslate2 Whisper folder; with `url`, the server's name of a model."""
    device: Device
    compute_type: str
    """CTranslate2's name, or auto."""
    threads: Annotated[int, Field(ge=0)]
    """CPU threads of a worker; 0: one for the starter ears, else as many as there are cores, at most 4."""
    workers: Count
    """Workers that take any job, finals first."""
    final_workers: Annotated[int, Field(ge=0)]
    """Further workers that take finals only."""
    language: Annotated[str, Field(pattern="^([a-z]{2,3})?$")]
    """ISO 639-1 code; empty detects it anew in each turn."""
    task: Literal["transcribe", "translate"]
    """Translate: whatever is spoken becomes English text, where the model can."""
    beam_size: Count
    """Of drafts and final passes; live text takes 2 of it at most."""
    window_s: Positive
    """Live text transcribes the newest so many seconds."""
    overlap_s: Positive
    """By so much, at least, a window begins before the end of the last one heard."""
    partial_interval_ms: Count
    """Between two partials of a session."""
    min_chunk_ms: Count
    """Less audio than this holds no word."""
    stale_ms: Count
    """A partial that waited longer is dropped."""
    cache_s: NotNegative
    """Seconds for which the text of the same audio is remembered, in memory; 0 remembers none."""
    queue: Count
    """Jobs that may wait; one more is busy."""
    limit_s: Positive
    """Seconds that one job may take."""


class LlmSettings(EngineStage):
    """The language model."""

    per_try = frozenset({"url", "key", "model", "device", "threads", "context_tokens", "prompt_chunk"})
    url: Url
    """Who thinks instead; empty: llama.cpp, in this process."""
    key: Key
    """For that server, if it asks for one."""
    model: str
    """A GGUF file; with `url`, the server's name of a model."""
    device: Device
    threads: Annotated[int, Field(ge=0)]
    """CPU threads; 0 takes all cores but one."""
    context_tokens: Annotated[int, Field(ge=128)]
    """Per session."""
    prompt_chunk: Count
    """Prompt tokens decoded in one step beside the answers in progress."""
    max_tokens: Count
    """Of one answer."""
    temperature: NotNegative
    """0 is greedy."""
    top_p: Share
    stop: tuple[str, ...]
    first_token_s: Positive
    """Until the first piece of text."""
    limit_s: Positive
    """Between two pieces of text."""


class TtsSettings(EngineStage):
    """Text to speech."""

    per_try = frozenset({"voices", "workers", "threads"})
    voices: Annotated[tuple[str, ...], Field(min_length=1)]
    """Piper .onnx files, each with its .onnx.json; the first of a language is its default."""
    workers: Count
    threads: Annotated[int, Field(ge=0)]
    """CPU threads of a worker."""
    first_clause_chars: Count
    """The first clause is spoken from so many characters on."""
    max_clause_chars: Annotated[int, Field(ge=40)]
    """A clause is cut here even without a boundary."""
    cache_mb: Annotated[int, Field(ge=0)]
    """Memory for what was spoken; 0 speaks everything anew, and keeps nothing on disk."""
    cache_disk_mb: Annotated[int, Field(ge=0)]
    """Disk for the sentences of the profiles, and for no others; 0 keeps none there."""
    cache_folder: str
    """Where on disk; empty: parlor/speech among the user's caches."""
    queue: Count
    """Jobs that may wait; one more is busy."""
    limit_s: Positive
    """Seconds that one job may take."""


class WarmSettings(Stage):
    """Keeping the engines warm."""

    idle_s: Positive
    """Seconds without work after which an engine is run once more."""


class Profile(Stage):
    """What a kind of use asks of the conversation."""

    prompt: str
    patience: Literal["default", "kiosk", "tutor"] = "default"
    """How long a silence must be, after what kind of words, to end a turn (app/vad/waiting.py)."""
    speed: Annotated[float, Field(ge=0.5, le=2.0)]
    fillers: dict[Language, tuple[str, ...]] = {}
    """Said where an answer is late, by language."""
    phrases: dict[Language, tuple[str, ...]] = {}
    """Greetings and what answers often say, by language, spoken ahead: each a clause as answers are cut into."""

    def filler(self, language: str, number: int) -> str | None:
        """What to say where the answer is late, another one for each `number`; None where there is nothing to say."""
        found = self.fillers.get(language.partition("-")[0].lower())
        return found[number % len(found)] if found else None

    def spoken_ahead(self) -> tuple[tuple[str, str], ...]:
        """Language and text of all that is said as it stands here, the most urgent first, each once."""
        tables = (self.fillers, self.phrases)
        return tuple(dict.fromkeys((code, text) for table in tables for code, texts in table.items() for text in texts))


class Config(Stage):
    """All of it."""

    server: Server
    session: SessionSettings
    vad: VadSettings
    stt: SttSettings
    llm: LlmSettings
    tts: TtsSettings
    warm: WarmSettings
    profile: dict[str, Profile]
