// A session and its socket: opened, kept through lost connections, and closed. Used once.
import { ParlorError } from "./errors.js";

const SUBPROTOCOL = "parlor.v1";
const JOIN_LIMIT_MS = 10_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 8_000;
const SHORT_MS = 10_000; // a session that failed sooner is not followed by the next at once
const OURS = new Set(["failed", "too_slow", "buffer_full"]); // no caller wanted to end: the next session may do better
const AUDIO_WAITING_BYTES = 192_000; // 2 s at the highest rate, here and once more inside the socket
const GOING_DOWN = 1001;
const NOT_ALLOWED = 1008;
const NO_RETRY = new Set([1003, NOT_ALLOWED, 1009]); // we would be refused again
const GONE = new Set([401, 403, 404, 410]);
const REFUSED = new Set([401, 403]); // whatever stands before the server may answer 404 while that starts
const BEAT_MS = 5_000;
const LOST_BEATS = 2; // so many pings unanswered: a line that died tells nobody
const ABNORMAL = 1006;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Events: `message` (a server message), `audio` (ArrayBuffer), `state` ({state, ...}) where state is one of
// connecting, ready, reconnecting {attempt, in_ms}, closed {reason}.
export class Connection extends EventTarget {
  state = "closed";
  fresh = true; // no session.ready yet from the session we are in
  #base;
  #adminToken;
  #options;
  #session = null; // {id, token, path}
  #socket = null;
  #lastSeq = 0;
  #ended = null; // the reason in session.ended: there is nothing to resume
  #fault = null; // the last fatal error the server named
  #waiting = []; // audio that the line has not taken
  #waitingBytes = 0;
  #losing = false;
  #readyAt = 0;
  #beat = null; // the timer of the next look at the line
  #unanswered = 0; // pings since the server was last heard

  // `base`: the server's root (URL). `adminToken`: what it asks for to open a session, or null.
  constructor(base, adminToken) {
    super();
    this.#base = base;
    this.#adminToken = adminToken;
  }

  // Opens a session with `options`, the body of POST /v1/sessions. Throws ParlorError.
  async open(options) {
    this.#options = options;
    this.#say("connecting");
    try {
      await this.#attach();
    } catch (error) {
      this.#finish(error.message);
      throw error;
    }
  }

  // Throws ParlorError while there is no connection.
  send(message) {
    if (this.state !== "ready") {
      throw new ParlorError("not_connected", "There is no connection to the server.", "Try again when it is back.");
    }
    if (message.type === "audio.commit") this.#drain(Infinity); // it ends what was said before it
    this.#socket.send(JSON.stringify(message));
  }

  // Takes a PCM16 frame (Int16Array). What the line cannot take waits, at most 2 s; then the oldest is lost.
  sendAudio(frame) {
    this.#waiting.push(frame);
    this.#waitingBytes += frame.byteLength;
    this.#drain();
    const losing = this.#waitingBytes > AUDIO_WAITING_BYTES;
    while (this.#waitingBytes > AUDIO_WAITING_BYTES) this.#waitingBytes -= this.#waiting.shift().byteLength;
    if (losing && !this.#losing && this.state === "ready") {
      const message = "The line to the server is too slow for your voice; some of it was lost.";
      this.#emit("message", { type: "error", code: "line_slow", message, fix: "Say it again.", fatal: false });
    }
    this.#losing = losing;
  }

  close() {
    if (this.state === "ready") this.send({ type: "bye" });
    this.#finish("bye");
  }

  #drain(limit = AUDIO_WAITING_BYTES) {
    while (this.state === "ready" && this.#waiting.length > 0 && this.#socket.bufferedAmount < limit) {
      const frame = this.#waiting.shift();
      this.#waitingBytes -= frame.byteLength;
      this.#socket.send(frame);
    }
  }

  // A session if there is none, then its socket.
  async #attach() {
    if (!this.#session) {
      this.#session = await this.#create();
      this.#lastSeq = 0;
      this.#ended = null;
      this.fresh = true;
    }
    await this.#join();
  }

  async #create() {
    const headers = { "Content-Type": "application/json" };
    if (this.#adminToken) headers.Authorization = `Bearer ${this.#adminToken}`;
    const signal = AbortSignal.timeout(JOIN_LIMIT_MS);
    const request = { method: "POST", headers, body: JSON.stringify(this.#options), signal };
    const response = await fetch(new URL("v1/sessions", this.#base), request).catch(() => {
      throw new ParlorError("unreachable", "The server does not answer.", "See whether Parlor is running.");
    });
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw refusal(response, body.error ?? body);
    return { id: body.session_id, token: body.token, path: body.ws_path };
  }

  // Resolves at session.ready; throws ParlorError when the socket closes before that.
  #join() {
    const url = new URL(this.#session.path.replace(/^\//, ""), this.#base);
    url.protocol = url.protocol.replace("http", "ws");
    if (this.#lastSeq > 0) url.searchParams.set("from", this.#lastSeq + 1);
    this.#fault = null;
    return new Promise((resolve, reject) => {
      if (this.state === "closed") return reject(new ParlorError("closed", "The session was closed.", "Open another."));
      const socket = new WebSocket(url, [SUBPROTOCOL, `token.${this.#session.token}`]);
      const limit = setTimeout(() => socket.close(), JOIN_LIMIT_MS);
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => {
        if (socket !== this.#socket) return;
        this.#take(data);
        if (this.state !== "ready") return;
        clearTimeout(limit);
        resolve();
      };
      socket.onclose = ({ code, reason }) => {
        clearTimeout(limit);
        if (this.state === "ready" && socket === this.#socket) this.#lost(code, reason);
        else reject(this.#notJoined(code));
      };
      this.#socket = socket;
    });
  }

  // Asks whether anybody is still there. Counted in questions, not in time: a hidden page's timers come late.
  #look() {
    if (this.state !== "ready") return;
    if (this.#unanswered === LOST_BEATS) {
      const socket = this.#socket;
      this.#socket = null;
      socket.close();
      return this.#lost(ABNORMAL, "");
    }
    this.#unanswered += 1;
    this.send({ type: "control", command: "ping" });
    this.#beat = setTimeout(() => this.#look(), BEAT_MS);
  }

  #take(data) {
    this.#unanswered = 0;
    if (data instanceof ArrayBuffer) return this.#emit("audio", data);
    const message = JSON.parse(data);
    const again = message.type === "session.ready" && message.resumed; // it comes before what is sent once more
    if (!again) {
      if (message.seq <= this.#lastSeq) return;
      this.#lastSeq = message.seq;
    }
    if (message.type === "session.ended") this.#ended = message.reason;
    if (message.type === "error" && message.fatal) this.#fault = message;
    if (message.type === "session.ready") this.state = "ready";
    this.#emit("message", message);
    if (message.type !== "session.ready") return;
    this.fresh = false;
    this.#readyAt = performance.now();
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => this.#look(), BEAT_MS);
    this.#drain(); // after the configuration that the message called for
    this.#say("ready", { resumed: message.resumed });
  }

  #notJoined(code) {
    const { code: name, message, fix, retry_after_s } = this.#fault ?? {
      code: "not_joined", message: "The server closed the session's socket.", fix: "Try again.",
    };
    return Object.assign(new ParlorError(name, message, fix, retry_after_s), { closeCode: code });
  }

  #lost(code, reason) {
    const ours = OURS.has(this.#ended);
    if (ours || (this.#ended && code === GOING_DOWN)) this.#session = null;
    const short = performance.now() - this.#readyAt < SHORT_MS;
    if (ours) return void this.#reconnect(short ? LONGEST_RETRY_MS : FIRST_RETRY_MS);
    if (NO_RETRY.has(code) || (this.#ended && this.#session)) this.#finish(this.#ended ?? reason);
    else void this.#reconnect();
  }

  async #reconnect(waitMs = FIRST_RETRY_MS) {
    for (let attempt = 1; this.state !== "closed"; attempt += 1) {
      const in_ms = Math.round(waitMs * (0.5 + Math.random() / 2)); // not all callers at once
      this.#say("reconnecting", { attempt, in_ms });
      await sleep(in_ms);
      if (this.state === "closed") return;
      try {
        return await this.#attach();
      } catch (error) {
        if (REFUSED.has(error.status)) return this.#finish(error.message); // no session is opened for us any more
        if (await this.#isGone(error)) this.#session = null;
        waitMs = Math.max(Math.min(2 * waitMs, LONGEST_RETRY_MS), 1000 * (error.retry_after_s ?? 0));
      }
    }
  }

  // Whether the session we tried to resume is no more. A refused WebSocket does not say why; a plain request does.
  async #isGone({ closeCode }) {
    if (!this.#session || closeCode === undefined) return false;
    if (closeCode === NOT_ALLOWED) return true;
    const headers = { Authorization: `Bearer ${this.#session.token}` };
    const url = new URL(`v1/sessions/${this.#session.id}/stats`, this.#base);
    const signal = AbortSignal.timeout(JOIN_LIMIT_MS);
    const status = await fetch(url, { headers, signal }).then((response) => response.status, () => 0);
    return GONE.has(status);
  }

  #finish(reason) {
    if (this.state === "closed") return;
    clearTimeout(this.#beat);
    const socket = this.#socket;
    this.#socket = null; // what it still brings is not for us
    socket?.close(1000);
    this.#say("closed", { reason });
  }

  #say(state, more = {}) {
    this.state = state;
    this.#emit("state", { state, ...more });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// What the server says when it opens no session.
function refusal(response, { code, message, fix, retry_after_s }) {
  const afterS = retry_after_s ?? Number(response.headers.get("Retry-After") ?? 0);
  const ours = response.status === 401 ? "Open the page as /#token=… with the operator's token." : fix;
  const error = new ParlorError(
    code ?? `http_${response.status}`,
    message ?? `The server refuses a session (${response.status}).`,
    ours ?? `Try again in ${afterS || 10} s.`,
    afterS || null,
  );
  return Object.assign(error, { status: response.status });
}
