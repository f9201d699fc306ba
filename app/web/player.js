// The loudspeaker: takes the server's audio frames, plays them, and tells what was heard of each reply.
import { ParlorError } from "./errors.js";
import { PlayerQueue } from "./player-queue.js";

const MAX_RATE_HZ = 48000; // the wire's highest
const HEADER_BYTES = 12;
const REPLY_AUDIO = 1;
const LAST_OF_REPLY = 1;

// An output at the machine's own rate, so that nothing need be resampled here.
export function openContext() {
  const context = new AudioContext({ latencyHint: "interactive" });
  if (context.sampleRate <= MAX_RATE_HZ) return context;
  void context.close();
  return new AudioContext({ latencyHint: "interactive", sampleRate: MAX_RATE_HZ });
}

// Loads the module of an audio worklet. Throws ParlorError where the server does not give it.
export async function addWorklet(context, url) {
  await context.audioWorklet.addModule(url).catch(() => {
    throw new ParlorError("unreachable", "The server does not answer.", "See whether Parlor is running.");
  });
}

// Event `playback`: {turn, played_ms, state, latency_ms}, ready for the wire.
export class Player extends EventTarget {
  node; // an AudioNode, for meters and recorders
  #context;
  #tell;
  #session = 0; // each counts its turns from the beginning
  #told = { turn: null, ms: 0 }; // what was reported last

  static async open(context) {
    const player = new Player();
    player.#context = context;
    if (context.audioWorklet) await player.#openWorklet();
    else player.#openScriptNode();
    player.node.connect(context.destination);
    return player;
  }

  // A binary frame of the wire (ArrayBuffer). Returns the turn it belongs to, or null if it is no reply audio.
  push(frame) {
    const view = new DataView(frame);
    if (view.byteLength < HEADER_BYTES || view.getUint8(0) !== REPLY_AUDIO) return null;
    const turn = view.getUint32(4, true);
    this.#tell({
      type: "audio",
      turn,
      last: (view.getUint8(1) & LAST_OF_REPLY) !== 0,
      rate: view.getUint16(2, true),
      offset: view.getUint32(8, true),
      samples: new Int16Array(frame, HEADER_BYTES, (frame.byteLength - HEADER_BYTES) >> 1),
    });
    return turn;
  }

  // Drops all of a reply, what is still to come of it too.
  stop(turn) {
    this.#tell({ type: "stop", turn });
  }

  stopAll() {
    this.#tell({ type: "stop-all" });
  }

  pause(turn) {
    this.#tell({ type: "pause", turn });
  }

  resume(turn, fromMs) {
    if (turn === this.#told.turn) this.#told.ms = Math.min(this.#told.ms, fromMs);
    this.#tell({ type: "resume", turn, fromMs });
  }

  duck(turn, gainDb) {
    this.#tell({ type: "duck", turn, gain: 10 ** (gainDb / 20) });
  }

  // No more audio comes for this reply, though its last frame was not marked.
  end(turn) {
    this.#tell({ type: "end", turn });
  }

  endAll() {
    this.#tell({ type: "end-all" });
  }

  // Forgets everything: another session begins. What is still reported of the last one is not told.
  reset() {
    this.#session += 1;
    this.#told = { turn: null, ms: 0 };
    this.#tell({ type: "reset", session: this.#session });
  }

  async #openWorklet() {
    await addWorklet(this.#context, new URL("player-worklet.js", import.meta.url));
    this.node = new AudioWorkletNode(this.#context, "parlor-player", { numberOfInputs: 0, outputChannelCount: [1] });
    this.node.port.onmessage = ({ data }) => this.#heard(data);
    this.#tell = (message) => this.node.port.postMessage(message);
  }

  // Pages that are not secure have no worklets; they may still listen.
  #openScriptNode() {
    const queue = new PlayerQueue(this.#context.sampleRate, (report) => this.#heard(report));
    this.node = this.#context.createScriptProcessor(2048, 0, 1);
    this.node.onaudioprocess = ({ outputBuffer }) => queue.render(outputBuffer.getChannelData(0));
    this.#tell = (message) => queue.handle(message);
  }

  // The queue tells what it has rendered, and what is heard lags behind that. After a pause or a stop all that was
  // rendered will be heard, for nothing calls it back: it is told at once, since the server waits for it.
  #heard({ session, turn, ms, state }) {
    const lagMs = this.#lagMs;
    const say = (heardMs, now) => session === this.#session && this.#say(turn, heardMs, now);
    if (state === "playing") say(Math.max(0, ms - lagMs), state);
    else if (state === "ended") setTimeout(() => say(ms, "done"), lagMs);
    else say(ms, state === "paused" ? state : "done");
  }

  get #lagMs() {
    return 1000 * (this.#context.outputLatency || this.#context.baseLatency || 0);
  }

  #say(turn, ms, state) {
    // After a pause all that was rendered was reported: what is heard is behind that for a moment, and never goes back.
    if (turn === this.#told.turn && state === "playing") ms = Math.max(ms, this.#told.ms);
    this.#told = { turn, ms };
    const detail = { turn, played_ms: Math.floor(ms), state, latency_ms: Math.round(this.#lagMs) };
    this.dispatchEvent(new CustomEvent("playback", { detail }));
  }
}
