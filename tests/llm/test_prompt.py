"""Chat templates of every temper, and messages that try to be markup."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import EngineError, SetupError
from app.interfaces import Message
from app.llm.prompt import CHATML, ChatTemplate, Markup, alternate
from app.llm.tokens import any_of

NOW = datetime(2026, 1, 2)
CONTROLS = ("<|im_start|>", "<|im_end|>", "<bos>", "<eos>")
STRICT = (
    "{{ bos_token }}{% for m in messages %}"
    "{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('take turns') }}{% endif %}"
    "[{{ m.role }}]{{ m.content | trim }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"
)
ORDERLY = STRICT.replace("{{ raise_exception('no system role') }}", "{{ m.content }}{% continue %}").replace(
    "loop.index0 % 2 == 0", "loop.index0 % 2 == (1 if messages[0].role == 'system' else 0)"
)
FORGETFUL = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.role == 'assistant' and not loop.last %}{{ m.content[:3] }}{% else %}{{ m.content }}{% endif %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
roles = st.sampled_from(["system", "user", "assistant"])
words = st.lists(st.sampled_from([*CONTROLS, "<|im_", "end|>", "hello", " "]), max_size=6).map("".join)
conversations = st.lists(st.builds(Message, roles, words | st.text(max_size=8)), min_size=1, max_size=8)


def template(source: str = CHATML, *, bos_first: bool = False) -> ChatTemplate:
    return ChatTemplate(source, Markup("<bos>", "<eos>", bos_first, any_of(CONTROLS)), lambda: NOW)


@given(conversations)
def test_a_message_never_becomes_markup(messages: list[Message]) -> None:
    text = template().render(messages)
    assert text.count("<|im_start|>") == len(messages) + 1
    assert text.count("<|im_end|>") == len(messages)


@given(conversations, st.booleans())
def test_alternating_loses_no_words_and_takes_turns(messages: list[Message], system: bool) -> None:
    turns = alternate(messages, system=system)
    talk = [turn for turn in turns if turn.role != "system"]
    assert len(turns) - len(talk) <= system
    assert [turn.role for turn in talk] == ["user" if i % 2 == 0 else "assistant" for i in range(len(talk))]
    whole = "\n\n".join(turn.text for turn in turns)
    assert all(message.text in whole for message in messages)


@pytest.mark.parametrize("source", [CHATML, STRICT, ORDERLY])
@given(conversations)
def test_every_conversation_can_be_written(source: str, messages: list[Message]) -> None:
    assert template(source).render(messages)


def test_chatml() -> None:
    messages = (Message("system", "Be kind."), Message("user", "Hi."))
    text = "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi.<|im_end|>\n"
    assert template().render(messages, answer=False) == text
    assert template().render(messages) == text + "<|im_start|>assistant\n"


def test_a_system_message_without_a_role_goes_to_the_user() -> None:
    messages = (Message("system", "Be kind."), Message("user", "Hi."))
    assert template(STRICT).render(messages) == "<bos>[user]Be kind.\n\nHi.[assistant]"


def test_what_must_take_turns_is_joined() -> None:
    messages = (Message("system", "S"), Message("assistant", "A"), Message("user", "B"), Message("user", "C"))
    assert template(ORDERLY).render(messages) == "<bos>S[user]Hello.[assistant]A[user]B\n\nC[assistant]"


def test_bos_is_written_once() -> None:
    messages = (Message("user", "Hi."),)
    assert template(bos_first=True).render(messages).startswith("<bos><|im_start|>")
    assert template(STRICT, bos_first=True).render(messages).startswith("<bos>[user]")


@pytest.mark.parametrize(("source", "message"), [(CHATML, None), (STRICT, None), (ORDERLY, None), (FORGETFUL, 3)])
def test_templates_that_rewrite_earlier_turns_are_found(source: str, message: int | None) -> None:
    assert template(source).rewrites() == message


def test_a_prompt_that_opens_a_thought_rewrites_it() -> None:
    thoughtful = CHATML.replace("assistant\\n' }}{% endif", "assistant\\n<think></think>' }}{% endif")
    assert template(thoughtful).rewrites() == 2


@pytest.mark.parametrize("source", ["{% for %}", "{{ messages[0].nothing.there }}", "no words", "{{ 1 / 0 }}"])
def test_a_template_that_does_not_work_is_named(source: str) -> None:
    with pytest.raises(SetupError):
        template(source)


def test_a_template_that_fails_later_is_an_engine_error() -> None:
    picky = CHATML + "{% if messages | length > 6 %}{{ raise_exception('too many') }}{% endif %}"
    with pytest.raises(EngineError):
        template(picky).render([Message("user", "x"), Message("assistant", "y")] * 4)


def test_what_templates_call() -> None:
    source = (
        "{% generation %}{{ messages[-1].content }}{% endgeneration %} {{ strftime_now('%Y') }}"
        " {{ {'a': '<é>'} | tojson }}"
    )
    assert template(source).render([Message("user", "hi")]).endswith('hi 2026 {"a": "<é>"}')
