// The loudspeaker's queue: reply audio in, gapless samples out, and how far each reply was played.
// Plain arithmetic on samples: it runs inside the audio worklet, and wherever else something asks for samples.

const CAPACITY_S = 10; // the server sends at most 2 s ahead of what we report
const REPORT_S = 0.05; // the server's lead over our reports begins at 250 ms: seldom reports would starve us
const START_S = 0.04; // this much must wait before we begin, or go on after running dry: one hiccup must not become many
const FADE_S = 0.005; // after a stop, a pause or a gap: too short to be heard as speech, long enough not to click
const DUCK_S = 0.02;
const FINISHED_KEPT = 32; // replies whose late audio is still recognised and dropped

export class PlayerQueue {
  #rate;
  #report;
  #ring;
  #segments = []; // {turn, rate, offset, begin, end, last}: where runs of reply audio lie in the ring
  #read = 0; // ring positions only grow; fractional where a segment's rate is not ours
  #write = 0;
  #session = 0; // whose turns these are
  #finished = new Set();
  #paused = null;
  #dry = true;
  #duck = { turn: null, gain: 1 };
  #gain = 1;
  #attack = 0; // 0..1, rises after silence
  #held = 0; // the last sample played, faded out when nothing follows
  #release = 0;
  #untilReport = 0;

  // `rate`: samples a second wanted by render(). `report`: takes {session, turn, ms, state}, state playing, paused,
  // stopped or ended.
  constructor(rate, report) {
    this.#rate = rate;
    this.#report = report;
    this.#ring = new Float32Array(Math.ceil(CAPACITY_S * rate));
  }

  // A message of the player: {type, turn, ...}.
  handle(message) {
    switch (message.type) {
      case "audio": return this.#push(message);
      case "stop": return this.#stop(message.turn);
      case "stop-all": return this.#turns().forEach((turn) => this.#stop(turn));
      case "pause": return this.#pause(message.turn);
      case "resume": return this.#resume(message.turn, message.fromMs);
      case "duck": return void (this.#duck = { turn: message.turn, gain: message.gain });
      case "end": return this.#end(message.turn);
      case "end-all": return this.#turns().forEach((turn) => this.#end(turn));
      case "reset": return this.#reset(message.session);
    }
  }

  // Fills `out` (Float32Array) with what comes next, or silence.
  render(out) {
    for (let i = 0; i < out.length; i += 1) {
      const head = this.#head();
      this.#dry = !head || (this.#dry && !this.#hasEnough(head));
      out[i] = this.#dry || head.turn === this.#paused ? this.#fade() : this.#play(head);
    }
    this.#untilReport -= out.length;
    if (this.#untilReport <= 0) {
      this.#untilReport = REPORT_S * this.#rate;
      const head = this.#segments[0];
      if (head && head.turn !== this.#paused) this.#say(head.turn, "playing");
    }
  }

  #push({ turn, rate, offset, last, samples }) {
    if (this.#finished.has(turn)) return;
    const room = this.#ring.length - (this.#write - Math.floor(this.#read));
    let tail = this.#segments.at(-1);
    let have = tail ? tail.offset + tail.end - tail.begin : 0;
    if (!tail || tail.turn !== turn || tail.rate !== rate || (offset > have && room > 0)) {
      tail = { turn, rate, offset, begin: this.#write, end: this.#write, last: false };
      this.#segments.push(tail);
      have = offset;
    }
    const fresh = samples.subarray(Math.max(0, have - offset)); // a resumed connection may send some again
    const count = Math.min(fresh.length, room); // beyond that the server broke its bound; the rest is lost
    for (let i = 0; i < count; i += 1) this.#ring[(this.#write + i) % this.#ring.length] = fresh[i] / 32768;
    this.#write += count;
    tail.end = this.#write;
    tail.last ||= last;
  }

  // The segment to play from, once those that are played out are gone; undefined when it must wait for more.
  #head() {
    for (let head = this.#segments[0]; head; head = this.#segments[0]) {
      if (this.#read < head.end) return head;
      const next = this.#segments[1];
      if (!head.last && !next) return undefined;
      if (next?.turn !== head.turn) this.#finish(head.turn, "ended");
      else this.#drop((s) => s === head);
    }
    return undefined;
  }

  #hasEnough(head) {
    return head.last || this.#segments.length > 1 || this.#write - this.#read >= START_S * head.rate;
  }

  #play(head) {
    const at = Math.floor(this.#read);
    const here = this.#ring[at % this.#ring.length];
    const next = at + 1 < head.end ? this.#ring[(at + 1) % this.#ring.length] : here;
    const target = head.turn === this.#duck.turn ? this.#duck.gain : 1;
    const step = 1 / (DUCK_S * this.#rate);
    this.#gain += Math.max(-step, Math.min(step, target - this.#gain));
    this.#attack = Math.min(1, this.#attack + 1 / (FADE_S * this.#rate));
    this.#held = (here + (next - here) * (this.#read - at)) * this.#gain * this.#attack;
    this.#release = 1;
    this.#read += head.rate / this.#rate;
    return this.#held;
  }

  #fade() {
    this.#attack = 0;
    this.#release = Math.max(0, this.#release - 1 / (FADE_S * this.#rate));
    return this.#held * this.#release;
  }

  #stop(turn) {
    if (!this.#finished.has(turn)) this.#finish(turn, "stopped");
  }

  #turns() {
    return new Set(this.#segments.map((s) => s.turn));
  }

  // What we have of the reply is all there will be. One that is paused is not resumed any more.
  #end(turn) {
    if (turn === this.#paused) return this.#stop(turn);
    const parts = this.#segments.filter((s) => s.turn === turn);
    for (const part of parts) part.last = true;
    if (parts.length === 0) this.#stop(turn);
  }

  #pause(turn) {
    if (this.#finished.has(turn)) return;
    this.#paused = turn;
    this.#say(turn, "paused");
  }

  // `fromMs` may lie before where we paused, as far back as the ring still holds it.
  #resume(turn, fromMs) {
    if (this.#paused === turn) this.#paused = null;
    if (this.#duck.turn === turn) this.#duck.gain = 1;
    const head = this.#segments[0];
    if (head?.turn !== turn || fromMs === undefined || Math.floor(this.#position(turn)) === fromMs) return;
    const target = head.begin + Math.round((fromMs * head.rate) / 1000) - head.offset;
    if (target >= Math.max(head.begin, this.#write - this.#ring.length) && target <= head.end) this.#read = target;
  }

  #finish(turn, state) {
    this.#say(turn, state);
    this.#finished.add(turn);
    if (this.#finished.size > FINISHED_KEPT) this.#finished.delete(this.#finished.values().next().value);
    if (this.#paused === turn) this.#paused = null;
    this.#drop((s) => s.turn === turn);
  }

  #drop(matches) {
    const head = this.#segments[0];
    this.#segments = this.#segments.filter((s) => !matches(s));
    if (this.#segments[0] !== head) this.#read = this.#segments[0]?.begin ?? this.#write;
  }

  #reset(session) {
    this.#session = session;
    this.#finished.clear();
    this.#paused = null;
    this.#duck = { turn: null, gain: 1 }; // turns are counted anew
    this.#drop(() => true);
  }

  // How much of the reply was played, in ms from its first sample.
  #position(turn) {
    const head = this.#segments[0];
    if (head?.turn !== turn) return 0;
    const samples = head.offset + Math.min(this.#read, head.end) - head.begin;
    return (Math.max(0, samples) * 1000) / head.rate;
  }

  #say(turn, state) {
    this.#report({ session: this.#session, turn, ms: this.#position(turn), state });
  }
}
