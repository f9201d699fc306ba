"""Writes a conversation as the text a model was trained on: its chat template, made safe for any words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.errors import EngineError, SetupError
from app.interfaces import Message
from app.llm.tokens import neutralise

CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
"""https://github.com/openai/openai-python/blob/v0.28.1/chatml.md, the commonest form, for models that name none."""
OPENING = "Hello."
"""What the caller is made to have said where a template lets no assistant speak first."""

_PROBE = (
    Message("system", "Probe 0."),
    Message("user", "Probe 1."),
    Message("assistant", "Probe 2."),
    Message("user", "Probe 3."),
    Message("assistant", "Probe 4."),
    Message("user", "Probe 5."),
)
_UNRULY = (
    Message("system", "Probe 0."),
    Message("assistant", "Probe 1."),
    Message("user", "Probe 2."),
    Message("user", "Probe 3."),
    Message("system", "Probe 4."),
    Message("user", "Probe 5."),
)


@dataclass(frozen=True, slots=True)
class Markup:
    """The texts with a meaning of their own to a model."""

    bos: str
    eos: str
    bos_first: bool
    """Each prompt begins with `bos`, whether or not the template writes it."""
    controls: re.Pattern[str]
    """Finds any control token."""


class ChatTemplate:
    """A GGUF's chat template, rendered as Transformers does, except that no message can hold a control token.

    Templates differ in what they accept. What one refuses is found out once and then written in a way it accepts: a
    system message becomes part of the first user message, neighbours of one role become one message.
    https://github.com/huggingface/transformers/blob/v4.57.0/src/transformers/utils/chat_template_utils.py
    """

    def __init__(self, source: str, markup: Markup, now: Callable[[], datetime]) -> None:
        """`now` is what a template that asks for the date is told: where it stays the same prompts can be reused.

        Raises `SetupError` when it cannot render even a plain question.
        """
        self._markup = markup
        self._now = now
        self._system = self._free = True
        try:
            self._template = _environment().from_string(source)
        except jinja2.TemplateError as error:
            raise SetupError("the model's chat template is no template", fix="Take another GGUF file.") from error
        if not self._writes(_PROBE[1:2]):
            raise SetupError("the model's chat template writes no question", fix="Take another GGUF file.")
        self._system = self._writes(_PROBE[:2])
        self._free = self._system and self._writes(_UNRULY)

    def render(self, messages: Iterable[Message], *, answer: bool = True) -> str:
        """The prompt's text; with `answer` up to where the model's answer begins. Raises `EngineError`."""
        safe = [Message(m.role, neutralise(m.text, self._markup.controls)) for m in messages]
        written = safe if self._free else alternate(safe, system=self._system)
        try:
            text = self._template.render(
                messages=[{"role": m.role, "content": m.text} for m in written],
                add_generation_prompt=answer,
                bos_token=self._markup.bos,
                eos_token=self._markup.eos,
                enable_thinking=False,  # nobody waits for a voice that thinks
                raise_exception=_refuse,
                strftime_now=self._now().strftime,
            )
        except Exception as error:  # a template is a stranger's program: it may raise anything
            raise EngineError("llm", f"the model's chat template failed: {type(error).__name__}") from error
        missing = self._markup.bos_first and not text.startswith(self._markup.bos)
        return self._markup.bos + text if missing else text

    def rewrites(self) -> int | None:
        """The first message of a conversation whose coming changes the text before it; None when all only append.

        Such a model decodes the changed part of each answer a second time.
        """
        whole = self.render(_PROBE)
        for count in range(2, len(_PROBE)):
            if not whole.startswith(self.render(_PROBE[:count], answer=_PROBE[count].role == "assistant")):
                return count
        return None

    def _writes(self, messages: tuple[Message, ...]) -> bool:
        """Whether all messages come out, in order."""
        try:
            text = self.render(messages)
        except EngineError:
            return False
        return re.search(".*".join(re.escape(m.text) for m in messages), text, re.DOTALL) is not None


def alternate(messages: Iterable[Message], *, system: bool) -> list[Message]:
    """The same words as user and assistant in turns, the user first, after one system message where `system` has it.

    Neighbours of one role are joined by an empty line; a system message without a place is the user's.
    """
    turns: list[Message] = []
    for message in messages:
        role = message.role
        if role == "system" and (not system or (turns and turns[-1].role != "system")):
            role = "user"
        if role == "assistant" and (not turns or turns[-1].role == "system"):
            turns.append(Message("user", OPENING))
        if turns and turns[-1].role == role:
            turns[-1] = Message(role, f"{turns[-1].text}\n\n{message.text}")
        else:
            turns.append(Message(role, message.text))
    return turns


class _GenerationTag(Extension):
    """Hugging Face's `{% generation %}` marks text for training; here it marks nothing."""

    def __init__(self, environment: jinja2.Environment) -> None:
        self.tags = {"generation"}
        super().__init__(environment)

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        parser.stream.skip(1)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _environment() -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_GenerationTag, loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    return environment


def _tojson(value: object, indent: int | None = None) -> str:
    """Without jinja2's HTML escapes, as Transformers has it."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _refuse(reason: str) -> None:
    raise jinja2.TemplateError(reason)
