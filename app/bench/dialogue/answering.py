"""A GGUF model that answers greedily, through llama-cpp-python and the file's own chat template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from llama_cpp import Llama
from llama_cpp.llama_chat_format import Jinja2ChatFormatter
from llama_cpp.llama_types import ChatCompletionRequestMessage, CreateCompletionResponse

from app.bench.dialogue.evaluate import Reply
from app.errors import SetupError
from app.interfaces import Message
from app.llm.history import prune

MAX_TOKENS = 200
"""Of one answer: the longest right one, an order of six things in JSON, takes 110."""
CONTEXT = 1024


@contextmanager
def opened(model: Path, threads: int = 1) -> Iterator[Reply]:
    """The model in a file, until the block is left. Like Parlor it forgets the oldest exchanges of a long talk.

    Raises `SetupError` if there is no such file.
    """
    if not model.is_file():
        raise SetupError(f"there is no model {model}", fix="Name a GGUF file.")
    llama = Llama(str(model), n_ctx=CONTEXT, n_threads=threads, n_threads_batch=threads, verbose=False)
    write = Jinja2ChatFormatter(
        template=llama.metadata["tokenizer.chat_template"],
        eos_token=llama.detokenize([llama.token_eos()], special=True).decode(),
        bos_token="",  # the file says that no prompt begins with one
    )

    def tokens(messages: Sequence[Message]) -> list[int]:
        chat = [{"role": message.role, "content": message.text} for message in messages]
        text = write(messages=cast("list[ChatCompletionRequestMessage]", chat)).prompt
        return llama.tokenize(text.encode(), add_bos=False, special=True)

    def reply(messages: Sequence[Message]) -> str:
        kept = prune(tuple(messages), CONTEXT - MAX_TOKENS, None, lambda some: len(tokens(some)))
        answer = llama.create_completion(tokens(kept.messages), temperature=0.0, max_tokens=MAX_TOKENS)
        return cast("CreateCompletionResponse", answer)["choices"][0]["text"]

    try:
        yield reply
    finally:
        llama.close()
