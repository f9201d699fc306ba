"""Properties of the loudspeaker's queue, over seeded random conversations; it runs in Chromium as it is."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SETUP = """async () => {
  const { PlayerQueue } = await import("/web/player-queue.js");
  const RATE = 8000;
  window.random = (seed) => () => { // mulberry32
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  window.makeQueue = () => {
    const reports = [];
    return { queue: new PlayerQueue(RATE, (report) => reports.push(report)), reports };
  };
  window.noise = (next, count) => Int16Array.from({ length: count }, () => 1000 + next() * 20000);
  window.render = (queue, count, size = () => 128) => {
    const all = [];
    while (all.length < count) {
      const out = new Float32Array(size());
      queue.render(out);
      all.push(...out);
    }
    return all.slice(0, count);
  };
}"""

CHUNKING = """(seed) => {
  const next = random(seed);
  const rate = [8000, 4000, 11025][seed % 3];
  const pcm = noise(next, 400 + Math.floor(next() * 3000));
  const push = (queue, offset, end) =>
    queue.handle({ type: "audio", turn: 1, rate, offset, last: end === pcm.length, samples: pcm.slice(offset, end) });
  const whole = makeQueue();
  push(whole.queue, 0, pcm.length);
  const pieces = makeQueue();
  for (let at = 0; at < pcm.length; ) {
    const end = Math.min(pcm.length, at + 1 + Math.floor(next() * 700));
    push(pieces.queue, Math.max(0, at - Math.floor(next() * 50)), end); // some of it once more, as after a resume
    at = end;
  }
  const one = render(whole.queue, 9000);
  const other = render(pieces.queue, 9000, () => 1 + Math.floor(next() * 300));
  const ends = [whole, pieces].map(({ reports }) => reports.filter((r) => r.state === "ended").map((r) => r.ms));
  const full = (pcm.length * 1000) / rate;
  return one.every((x, n) => x === other[n]) && ends.every((e) => e.length === 1 && Math.abs(e[0] - full) < 1e-6);
}"""

ANY_ORDER = """(seed) => {
  const next = random(seed);
  const { queue, reports } = makeQueue();
  const sent = new Map();
  const stopped = new Set();
  const faults = [];
  for (let step = 0; step < 120; step += 1) {
    const turn = 1 + Math.floor(step / 40) + Math.floor(next() * 2);
    const kind = Math.floor(next() * 9);
    if (kind < 5) {
      const offset = sent.get(turn) ?? 0;
      const samples = noise(next, Math.floor(next() * 1500));
      sent.set(turn, offset + samples.length);
      queue.handle({ type: "audio", turn, rate: 8000, offset, last: next() < 0.1, samples });
    } else if (kind === 5 && next() < 0.3) {
      queue.handle({ type: "stop", turn });
      stopped.add(turn);
    } else if (kind === 6) queue.handle({ type: "pause", turn });
    else if (kind === 7) queue.handle({ type: "resume", turn, fromMs: Math.floor(next() * 500) });
    else if (kind === 8) queue.handle({ type: "duck", turn, gain: 0.25 });
    const before = reports.length;
    const out = render(queue, 512);
    if (out.some((x) => !(Math.abs(x) <= 1))) faults.push("not a sample");
    const playing = reports.slice(before).filter((r) => r.state === "playing");
    if (playing.some((r) => stopped.has(r.turn))) faults.push("plays what was stopped");
  }
  for (const { turn, ms } of reports) if (ms > (sent.get(turn) ?? 0) / 8) faults.push("more than was sent");
  for (const turn of sent.keys()) {
    const ends = reports.filter((r) => r.turn === turn && ["ended", "stopped"].includes(r.state));
    if (ends.length > 1) faults.push("ended twice");
  }
  return faults;
}"""

OVERRUN = """() => {
  const { queue, reports } = makeQueue();
  const second = noise(random(1), 8000);
  for (let n = 0; n < 30; n += 1)
    queue.handle({ type: "audio", turn: 1, rate: 8000, offset: n * 8000, last: n === 29, samples: second });
  const played = render(queue, 30 * 8000).filter((x) => x !== 0).length;
  return [played, reports.filter((r) => r.state === "ended").length];
}"""

STOP = """(seed) => {
  const next = random(seed);
  const { queue } = makeQueue();
  const push = (turn, offset, count, last) =>
    queue.handle({ type: "audio", turn, rate: 8000, offset, last, samples: noise(next, count) });
  push(1, 0, 4000, false);
  render(queue, 128 * (1 + Math.floor(next() * 20)));
  queue.handle({ type: "stop", turn: 1 });
  push(1, 4000, 4000, true);
  return render(queue, 8000).filter((x) => x !== 0).length;
}"""

DUCKED_BEFORE = """() => {
  const { queue } = makeQueue();
  queue.handle({ type: "duck", turn: 3, gain: 0.25 });
  queue.handle({ type: "reset" });
  const samples = Int16Array.from({ length: 8000 }, () => 16384);
  queue.handle({ type: "audio", turn: 3, rate: 8000, offset: 0, last: true, samples });
  return render(queue, 6000).at(-1);
}"""


@pytest.fixture
def seeds():
    return range(60)


async def test_chunking_never_matters(scripted, page, seeds):
    await page.goto(f"{scripted.url}blank")
    await page.evaluate(SETUP)
    assert [seed for seed in seeds if not await page.evaluate(CHUNKING, seed)] == []


async def test_in_any_order_of_messages_reports_are_honest(scripted, page, seeds):
    await page.goto(f"{scripted.url}blank")
    await page.evaluate(SETUP)
    found = {seed: await page.evaluate(ANY_ORDER, seed) for seed in seeds}
    assert {seed: faults for seed, faults in found.items() if faults} == {}


async def test_what_is_beyond_the_ring_is_lost_and_the_reply_still_ends(scripted, page):
    await page.goto(f"{scripted.url}blank")
    await page.evaluate(SETUP)
    played, ended = await page.evaluate(OVERRUN)
    assert 79_000 < played <= 80_100
    assert ended == 1


async def test_a_stop_leaves_five_milliseconds_of_fade(scripted, page, seeds):
    await page.goto(f"{scripted.url}blank")
    await page.evaluate(SETUP)
    assert all([await page.evaluate(STOP, seed) <= 40 for seed in seeds])


async def test_a_new_sessions_turns_are_not_those_that_were_ducked(scripted, page):
    await page.goto(f"{scripted.url}blank")
    await page.evaluate(SETUP)
    assert await page.evaluate(DUCKED_BEFORE) == pytest.approx(0.5)
