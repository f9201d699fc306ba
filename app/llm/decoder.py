"""Decodes all live answers in common steps. It knows no thread and no loop: jobs go in, their items come out."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from app.errors import EngineError, EngineTimeoutError, ReplacedError
from app.interfaces import Message
from app.llm.generation import Generation, Item, Job
from app.llm.history import head
from app.llm.native import Native
from app.llm.planner import Planner
from app.llm.slots import Prefixes, share
from app.llm.tokens import Segment, cut, flat, shared

log = logging.getLogger(__name__)

NO_ROOM = 1
ABORTED = 2
"""What llama_decode returns (llama.h)."""

Deliveries = list[tuple[Job, Item]]


@dataclass(frozen=True, slots=True)
class LlmStats:
    """Counts since the start."""

    steps: int = 0
    prompt_tokens: int = 0
    """Of all prompts, decoded or reused."""
    decoded_tokens: int = 0
    """Of them, those that had to be computed."""
    shared_tokens: int = 0
    """Of them, those taken from another conversation with the same system message."""
    answer_tokens: int = 0


@dataclass(slots=True)
class _Sequence:
    """What a session's sequence holds between two answers."""

    segments: tuple[Segment, ...] = ()
    first: Message | None = None


class Decoder:
    """The sequences of one model, and the answers in progress: at most one for each."""

    def __init__(self, native: Native, planner: Planner, prefixes: Prefixes, prompt_chunk: int) -> None:
        self.stats = LlmStats()
        self._native = native
        self._planner = planner
        self._prefixes = prefixes
        self._prompt_chunk = prompt_chunk
        self._sequences: dict[int, _Sequence] = {}
        self._live: dict[int, Generation] = {}

    @property
    def idle(self) -> bool:
        """Nothing is left to be computed."""
        return not self._live

    def start(self, job: Job) -> Deliveries:
        """Take a job. One that is still running in its sequence ends with an error."""
        deliveries = self._interrupt(job.sequence, "the answer was replaced by a newer one")
        try:
            self._live[job.sequence] = self._admit(job)
        except EngineError as error:
            deliveries.append((job, error))
        return deliveries

    def release(self, sequence: int) -> Deliveries:
        """Forget a sequence and free its memory. A job that is still running in it ends with an error."""
        deliveries = self._interrupt(sequence, "its place in the model was closed")
        self._forget(sequence)
        return deliveries

    def step(self) -> Deliveries:
        """Decode one batch: a token of each answer, and a chunk of the prompts. Drafts give way to what is awaited."""
        for generation in [g for g in self._live.values() if g.job.cancelled]:
            self._end(generation.job.sequence)
        hurried = any(g.hurried for g in self._live.values())
        live = [g for g in self._live.values() if not (hurried and g.job.draft)]
        answers = [g for g in live if g.prompted]
        prompts = [g for g in live if not g.prompted]
        counts = [1] * len(answers) + share([len(g.pending) for g in prompts], self._prompt_chunk)
        batch = [(g, count) for g, count in zip(answers + prompts, counts, strict=True) if count]
        if not batch:
            return []
        result = self._native.decode([row for g, count in batch for row in g.rows(count)])
        if result == NO_ROOM:
            return self._make_room(prompts or answers)
        if result != 0:
            return self._fail([g for g, _ in batch], result)
        return self._advance(batch)

    def fail_all(self, error: EngineError) -> Deliveries:
        """End every answer with `error` and forget everything that is held."""
        ended: Deliveries = [(generation.job, error) for generation in self._live.values()]
        for sequence in tuple(self._sequences):
            self._forget(sequence)
        return ended

    def free(self) -> None:
        """Give all memory back."""
        for sequence in tuple(self._live):
            self._end(sequence)
        self._native.free()

    # ---- into a sequence

    def _admit(self, job: Job) -> Generation:
        sequence = self._sequences.setdefault(job.sequence, _Sequence())
        plan = self._planner.plan(job.prompt, sequence.segments, sequence.first)
        sequence.first = plan.first
        usable = plan.ids[:-1]  # the last one is always decoded: the answer's first token is sampled from it
        kept = shared(flat(sequence.segments), usable)
        prefix = self._prefixes.get(head(job.prompt.messages))
        common = shared(prefix.ids, usable) if prefix else 0
        if prefix and common > kept:
            self._native.keep(job.sequence, 0)
            self._native.copy(prefix.sequence, job.sequence, common)
            self._count(shared_tokens=common - kept)
            kept = common
        elif not self._native.keep(job.sequence, kept):
            self._native.keep(job.sequence, 0)  # a recurrent model cannot go back: it begins anew
            kept = 0
        self._count(prompt_tokens=len(plan.ids))
        sequence.segments = cut(plan.segments, kept)
        return Generation(self._native, job, plan, kept)

    def _share_prefix(self, generation: Generation) -> None:
        """Keep the system messages' tokens for the next conversation that begins with them. Costs no memory now."""
        messages, ids = generation.job.prompt.messages, generation.plan.ids
        key = head(messages)
        if len(key) == len(messages):
            return  # many templates write a system message otherwise once somebody has spoken
        held = self._prefixes.get(key)
        if held and shared(held.ids, ids) == len(held.ids):
            return
        if held:  # it is written otherwise now: some templates name the day
            self._native.keep(self._prefixes.forget(key), 0)
        common = self._planner.common(messages, ids)
        prefix, emptied = self._prefixes.put(key, common)
        for sequence in emptied:
            self._native.keep(sequence, 0)
        if prefix:
            self._native.copy(generation.job.sequence, prefix.sequence, len(common))

    # ---- after a batch

    def _advance(self, batch: list[tuple[Generation, int]]) -> Deliveries:
        deliveries: Deliveries = []
        row = -1
        for generation, count in batch:
            row += count
            prompted = generation.prompted
            if prompted:
                self._count(answer_tokens=count)
            else:
                self._count(decoded_tokens=count)
            if not generation.decoded(count):
                continue
            if not prompted:
                self._share_prefix(generation)
            try:
                items = generation.sample(row)
            except EngineError as error:
                items = [error]
            deliveries += [(generation.job, item) for item in items]
            if items and not isinstance(items[-1], str):
                self._end(generation.job.sequence)
        self._count(steps=1)
        return deliveries

    def _make_room(self, candidates: list[Generation]) -> Deliveries:
        """No free cells: a shared prefix goes, or else the longest prompt."""
        sequence = self._prefixes.drop()
        if sequence is not None:
            self._native.keep(sequence, 0)
            return []
        longest = max(candidates, key=lambda g: len(g.pending) + g.position)
        self._forget(longest.job.sequence)
        log.error("no room in the language model's memory; an answer was ended")
        return [(longest.job, EngineError("llm", "no room in the model's memory"))]

    def _fail(self, generations: list[Generation], result: int) -> Deliveries:
        """The step failed midway: nobody knows what its sequences hold."""
        error = EngineError("llm", f"llama_decode failed ({result})")
        if result == ABORTED:
            error = EngineTimeoutError("llm", "a step took too long and was given up")
        log.error("%s", error.message)
        for generation in generations:
            self._forget(generation.job.sequence)
        return [(generation.job, error) for generation in generations]

    def _interrupt(self, sequence: int, reason: str) -> Deliveries:
        generation = self._live.get(sequence)
        self._end(sequence)
        if not generation or generation.job.cancelled:
            return []
        return [(generation.job, ReplacedError("llm", reason))]

    def _end(self, sequence: int) -> None:
        generation = self._live.pop(sequence, None)
        if generation:
            self._sequences[sequence].segments = generation.end()

    def _forget(self, sequence: int) -> None:
        self._end(sequence)
        self._sequences.pop(sequence, None)
        self._native.keep(sequence, 0)

    def _count(self, **more: int) -> None:
        self.stats = replace(self.stats, **{name: getattr(self.stats, name) + n for name, n in more.items()})
