"""Audio, settings, the starter ears, and a tiny multilingual Whisper of random weights with the true vocabulary."""

import ast
import base64
import os
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from ctranslate2.specs import whisper_spec
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from app.config import ROOT, load
from app.interfaces import RATE_HZ, FloatArray
from app.settings import SttSettings

EARS = ROOT / "models" / "starter" / "ears"
FIXTURES = ROOT / "tests" / "fixtures" / "speech"
SPEECH = Path(os.environ.get("PARLOR_SPEECH_DIR", ROOT.parent / "shared" / "speech"))
WIDTH, HEADS, LAYERS = 64, 2, 2

Settings = Callable[..., SttSettings]


@cache
def _decode(path: Path) -> FloatArray:
    resampler = av.AudioResampler("s16", "mono", RATE_HZ)
    with av.open(str(path)) as file:
        frames = [f for decoded in file.decode(audio=0) for f in resampler.resample(decoded)]
    pcm = np.concatenate([f.to_ndarray()[0] for f in (*frames, *resampler.resample(None))])
    return pcm.astype(np.float32) / np.float32(32768)


@pytest.fixture(scope="session")
def audio() -> Callable[[Path], FloatArray]:
    """A file's samples, 16 kHz mono in [-1, 1)."""
    return _decode


@pytest.fixture(scope="session")
def sentences() -> dict[str, FloatArray]:
    """The synthetic sentences: what is said, and its samples."""
    rows = (line.split("\t") for line in (FIXTURES / "refs.tsv").read_text("utf-8").splitlines()[1:])
    return {text: _decode(FIXTURES / file) for file, text, _ in rows}


@pytest.fixture(scope="session")
def recordings() -> list[Path]:
    """Recordings of people and of noise; they are not part of the repository."""
    found = sorted(SPEECH.glob("*.flac"))
    if not found:
        pytest.skip(f"no recordings in {SPEECH}; name their folder in PARLOR_SPEECH_DIR")
    return found


@pytest.fixture(scope="session")
def settings() -> Settings:
    def make(**values: object) -> SttSettings:
        overrides = {"threads": 1, **values}
        return load(None, {}, []).stt.model_copy(update=overrides)

    return make


@pytest.fixture(scope="session")
def ears() -> Path:
    return EARS


@pytest.fixture(scope="session")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Whisper folder that knows 99 languages and hears nothing but chance."""
    package = find_spec("whisper")
    if package is None or package.origin is None:
        pytest.skip("openai-whisper, which carries the multilingual vocabulary, is not installed")
    source = Path(package.origin).parent
    folder = tmp_path_factory.mktemp("multilingual")
    tokenizer = _tokenizer(source)
    tokenizer.save(str(folder / "tokenizer.json"))
    _model(tokenizer, _languages(source)).save(str(folder))
    return folder


def _languages(source: Path) -> list[str]:
    """In the order of their tokens; read, not imported: the package's own needs are large."""
    for node in ast.parse((source / "tokenizer.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "LANGUAGES":
            return list(ast.literal_eval(node.value))[:99]
    raise AssertionError("no list of languages in openai-whisper's tokenizer.py")


def _tokenizer(source: Path) -> Tokenizer:
    """tiktoken's ranks as vocabulary and merges: a token's merge is the last step of building it from lower ranks."""
    lines = (source / "assets" / "multilingual.tiktoken").read_text("ascii").splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}
    text = _byte_letters()
    name = {token: "".join(text[b] for b in token) for token in ranks}
    pairs = ((_parts(ranks, token, rank)) for token, rank in sorted(ranks.items(), key=lambda r: r[1]))
    merges = [(name[p[0]], name[p[1]]) for p in pairs if len(p) == 2]
    tokenizer = Tokenizer(models.BPE({name[t]: r for t, r in ranks.items()}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tasks = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")
    times = (f"{i * 0.02:.2f}" for i in range(1501))
    specials = ("endoftext", "startoftranscript", *_languages(source), *tasks, *times)
    tokenizer.add_special_tokens([AddedToken(f"<|{s}|>", special=True) for s in specials])
    return tokenizer


def _byte_letters() -> dict[int, str]:
    """GPT-2's printable letter for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    return {**{b: chr(b) for b in printable}, **{b: chr(256 + i) for i, b in enumerate(others)}}


def _parts(ranks: dict[bytes, int], token: bytes, below: int) -> list[bytes]:
    parts = [bytes([b]) for b in token]
    while len(parts) > 2:
        pairs = [(ranks.get(a + b, below), i) for i, (a, b) in enumerate(pairwise(parts))]
        rank, i = min(pairs)
        if rank >= below:
            break
        parts[i : i + 2] = [parts[i] + parts[i + 1]]
    return parts


def _model(tokenizer: Tokenizer, languages: list[str]) -> whisper_spec.WhisperSpec:
    random = np.random.default_rng(0)
    spec = whisper_spec.WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)
    encoder, decoder = spec.encoder, spec.decoder

    def dense(layer: object, rows: int, columns: int, *taps: int) -> None:
        layer.weight = random.normal(0, 0.3, (rows, columns, *taps)).astype(np.float32)
        layer.bias = np.zeros(rows, np.float32)

    def norm(layer: object) -> None:
        layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def positions(layer: object, count: int) -> None:
        layer.encodings = random.normal(0, 0.3, (count, WIDTH)).astype(np.float32)

    def block(layer: object) -> None:
        dense(layer.self_attention.linear[0], 3 * WIDTH, WIDTH)
        dense(layer.self_attention.linear[1], WIDTH, WIDTH)
        dense(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
        dense(layer.ffn.linear_1, WIDTH, 4 * WIDTH)
        norm(layer.self_attention.layer_norm)
        norm(layer.ffn.layer_norm)

    dense(encoder.conv1, WIDTH, 80, 3)
    dense(encoder.conv2, WIDTH, WIDTH, 3)
    positions(encoder.position_encodings, 1500)
    positions(decoder.position_encodings, 448)
    norm(encoder.layer_norm)
    norm(decoder.layer_norm)
    decoder.embeddings.weight = random.normal(0, 0.3, (tokenizer.get_vocab_size(), WIDTH)).astype(np.float32)
    decoder.projection.weight = decoder.embeddings.weight
    for layer in encoder.layer:
        block(layer)
    for layer in decoder.layer:
        block(layer)
        dense(layer.attention.linear[0], WIDTH, WIDTH)
        dense(layer.attention.linear[1], 2 * WIDTH, WIDTH)
        dense(layer.attention.linear[2], WIDTH, WIDTH)
        norm(layer.attention.layer_norm)
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    spec.register_vocabulary([token for token, _ in vocabulary])
    spec.config.lang_ids = [tokenizer.token_to_id(f"<|{code}|>") for code in languages]
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.alignment_heads = [(LAYERS - 1, head) for head in range(HEADS)]
    spec.validate()
    spec.optimize(quantization=None)
    return spec
