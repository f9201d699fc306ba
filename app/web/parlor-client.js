// A conversation with Parlor: session, microphone, playback, barge-in, reconnection. Speaks docs/wire.md, version 1.
//
//   const client = new ParlorClient();
//   client.addEventListener("transcript.final", ({ detail }) => console.log(detail.text));
//   await client.connect({ mode: "conversation" });   // after a click: browsers let no page sound unasked
//   await client.startMicrophone();
import { Connection } from "./connection.js";
import { ParlorError } from "./errors.js";
import { Microphone } from "./microphone.js";
import { monoPcm, resample } from "./pcm.js";
import { Player, openContext } from "./player.js";

const FRAME_S = 0.02;
const REGAIN_MS = 3000; // a device that was just plugged in is not always ready
const SILENCE_AFTER_S = 2.5; // longer than any wait for the end of a turn, so that the server hears that it is over

export { ParlorError };

// Every server message is an event of its type, its fields in `detail`. Besides:
// `state`      {state: connecting | ready {resumed} | reconnecting {attempt, in_ms} | closed {reason}}
// `playback`   {turn, played_ms, state}: what was heard, as it is told to the server
// `microphone` {on}
// `muted`      {on}: the browser or the system gives silence in the microphone's place
// `sound`      {on}: whether the browser lets this page sound and hear; a telephone call may take that away
// `error`      also for what goes wrong on this side, in the server's form: {code, message, fix, fatal}
export class ParlorClient extends EventTarget {
  #base;
  #token;
  #context = null;
  #player = null;
  #connection = null;
  #microphone = null;
  #opening = null; // the promise of a microphone
  #wanted = false; // it
  #missing = false; // it went by itself
  #regaining = null; // the timer of the next attempt
  #options = {};
  #feed = null; // whoever sends audio in the microphone's place
  #replying = null; // turn of the newest reply
  #lastPlayback = null;

  // `base`: the server's root; by default the server that this file came from. `token`: the operator's, if it has one.
  constructor({ base = new URL("..", import.meta.url), token = null } = {}) {
    super();
    this.#base = new URL(base, import.meta.url);
    this.#token = token;
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#regain());
  }

  get state() {
    return this.#connection?.state ?? "closed";
  }

  // Hz, of all audio sent and received; known once connected.
  get rate() {
    return this.#context?.sampleRate;
  }

  // AudioNodes, for meters: what is played, and the microphone (null while it is off).
  get output() {
    return this.#player?.node ?? null;
  }

  get input() {
    return this.#microphone?.node ?? null;
  }

  // `options`: {mode, language, profile, voice, speed}, all optional. Throws ParlorError.
  async connect(options = {}) {
    this.close();
    this.#options = options;
    await this.#openPlayer();
    this.#connection = new Connection(this.#base, this.#token);
    this.#connection.addEventListener("message", ({ detail }) => this.#receive(detail));
    this.#connection.addEventListener("audio", ({ detail }) => this.#play(detail));
    this.#connection.addEventListener("state", ({ detail }) => this.#changeState(detail));
    await this.#connection.open(options);
    if (this.#context && this.#context.state !== "running") this.#emit("sound", { on: false });
  }

  // It went by itself, and is opened again as soon as it is back.
  get microphoneMissing() {
    return this.#missing;
  }

  // Throws ParlorError: not allowed, none there, or the page is not secure.
  startMicrophone() {
    this.#wanted = true;
    if (this.#microphone) return Promise.resolve();
    this.#opening ??= this.#openMicrophone().finally(() => (this.#opening = null));
    return this.#opening;
  }

  #regain() {
    clearTimeout(this.#regaining);
    if (!this.#missing || this.state !== "ready") return;
    this.startMicrophone().catch(({ code }) => {
      if (code !== "microphone_denied") this.#regaining = setTimeout(() => this.#regain(), REGAIN_MS);
    });
  }

  async #openMicrophone() {
    this.#wake();
    const context = this.#context;
    const microphone = await Microphone.open(context);
    if (!this.#wanted || context !== this.#context || this.state === "closed") return microphone.close();
    this.#wake(); // Safari lets a page sound that is given the microphone
    microphone.addEventListener("muted", ({ detail }) => this.#emit("muted", detail));
    microphone.addEventListener("frame", ({ detail }) => {
      if (!this.#feed) this.#connection.sendAudio(detail);
    });
    microphone.addEventListener("lost", () => {
      this.stopMicrophone();
      this.#missing = true;
      this.#fail(new ParlorError("microphone_lost", "The microphone is gone.", "Connect it, then start again."));
    });
    this.#microphone = microphone;
    this.#missing = false;
    this.#emit("microphone", { on: true });
  }

  stopMicrophone() {
    this.#wanted = this.#missing = false;
    if (!this.#microphone) return;
    this.#microphone.close();
    this.#microphone = null;
    this.#emit("microphone", { on: false });
  }

  // A typed turn: it is answered.
  sendText(text) {
    this.#wake();
    this.send({ type: "text", text });
  }

  // Speaks the text as it is.
  speak(text, language) {
    this.#wake();
    this.send({ type: "text_request", text, language });
  }

  // Silences the reply here and now, and tells the server.
  interrupt() {
    if (this.#replying !== null) this.#player.stop(this.#replying);
    this.#player?.stopAll();
    this.send({ type: "interrupt" });
  }

  // Ends the turn now: push to talk.
  commit() {
    this.send({ type: "audio.commit" });
  }

  // Any other message of the wire.
  send(message) {
    if (!this.#connection) throw new ParlorError("not_connected", "There is no session.", "Call connect() first.");
    this.#connection.send(message);
  }

  // Speaks in the microphone's place, at real time: PCM16 mono at `rate`, then the silence that ends a turn.
  async sendPcm(pcm, rate) {
    this.#wake();
    const speech = await resample(pcm, rate, this.rate);
    const audio = new Int16Array(speech.length + Math.round(SILENCE_AFTER_S * this.rate));
    audio.set(speech);
    await this.#feedAtRealTime(audio);
  }

  // The same with an audio file of any kind that the browser can decode.
  async sendFile(bytes) {
    this.#wake();
    const decoded = await this.#context.decodeAudioData(bytes).catch(() => {
      throw new ParlorError("undecodable", "The browser cannot read this audio file.", "Use WAV, FLAC, MP3 or Opus.");
    });
    await this.sendPcm(await monoPcm(decoded, this.rate), this.rate);
  }

  // Sounds and hears again after the browser stopped it; call it when the user does something, or comes back.
  wake() {
    const asleep = ["suspended", "interrupted"].includes(this.#context?.state); // the latter in Safari, after a call
    if (asleep) void this.#context.resume().catch(() => {});
  }

  // Ends the session, gives the microphone and the loudspeaker back.
  close() {
    this.#connection?.close();
    void this.#context?.close();
    this.#context = this.#player = this.#connection = null;
  }

  async #openPlayer() {
    const context = (this.#context = openContext());
    void context.resume().catch(() => {}); // now, in the user's click: Safari lets nothing sound later
    context.addEventListener("statechange", () => {
      if (context === this.#context) this.#emit("sound", { on: context.state === "running" });
    });
    this.#player = await Player.open(this.#context);
    this.#player.addEventListener("playback", ({ detail }) => this.#tellPlayback(detail));
  }

  // Contexts sleep until the user did something; this is called when they did.
  #wake() {
    if (!this.#context) throw new ParlorError("not_connected", "There is no session.", "Call connect() first.");
    void this.#context.resume();
  }

  async #feedAtRealTime(audio) {
    const feed = (this.#feed = {});
    const size = Math.round(FRAME_S * this.rate);
    const begin = performance.now();
    for (let at = 0; at < audio.length && this.#feed === feed; at += size) {
      const waitMs = begin + (1000 * at) / this.rate - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (this.#feed === feed) this.#connection.sendAudio(audio.slice(at, at + size));
    }
    if (this.#feed === feed) this.#feed = null;
  }

  #receive(message) {
    const { type, turn } = message;
    if (type === "session.ready") this.#ready(message);
    else if (type === "reply.started") this.#replying = turn;
    else if (type === "reply.stop") this.#player.stop(turn);
    else if (type === "reply.duck") this.#player.duck(turn, message.gain_db);
    else if (type === "reply.pause") this.#player.pause(turn);
    else if (type === "reply.resume") this.#player.resume(turn, message.from_ms);
    else if (type === "reply.ended" && message.status !== "completed") this.#player.end(turn);
    this.#emit(type, message);
  }

  #changeState(detail) {
    if (detail.state === "closed") {
      this.#feed = null;
      this.stopMicrophone();
    }
    this.#emit("state", detail);
    this.#regain();
  }

  #ready({ resumed, config }) {
    if (this.#connection.fresh) return this.#begin();
    if (config.input.rate !== this.rate) this.#configure(); // that was lost with the connection
    if (!resumed) this.#player.endAll(); // what we missed is gone, the rest of a reply with it
    if (this.#lastPlayback) this.send({ type: "playback", ...this.#lastPlayback });
  }

  #begin() {
    this.#player.reset();
    this.#replying = null;
    this.#lastPlayback = null;
    this.#configure();
  }

  #configure() {
    const format = { codec: "pcm16", rate: this.rate };
    this.send({ type: "session.configure", ...this.#options, input: format, output: format });
  }

  #play(frame) {
    this.#replying = this.#player.push(frame) ?? this.#replying;
  }

  #tellPlayback(report) {
    this.#lastPlayback = report; // told again after a lost connection
    if (this.state === "ready") this.send({ type: "playback", ...report });
    this.#emit("playback", report);
  }

  #fail({ code, message, fix }) {
    this.#emit("error", { code, message, fix, fatal: false });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
