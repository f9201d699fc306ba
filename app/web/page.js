// The page: buttons and text around ParlorClient.
import { Conversation } from "./conversation.js";
import { ParlorClient } from "./parlor-client.js";

const $ = (id) => document.getElementById(id);
const ENDINGS = {
  bye: "The session is closed.",
  expired: "The session ended: nothing was said for a long time.",
  shutdown: "The server was shut down.",
  replaced: "The session goes on in another window.",
  closed: "The operator ended the session.",
};
const SAMPLES = { en: "sample.flac", tr: "sample-tr.flac" };
const UNANSWERED = new Set(["engine_failed", "engine_timeout", "busy"]);
const DOING = {
  idle: "Listening.",
  hearing: "Hearing you…",
  thinking: "Thinking…",
  speaking: "Speaking. Interrupt it by voice, button or Escape.",
};

const client = new ParlorClient({ token: new URLSearchParams(location.hash.slice(1)).get("token") });
const conversation = new Conversation($("conversation"));
const meters = { input: null, output: null }; // AnalyserNodes
let connecting = null; // while it lasts
let line = { state: "closed" };
let doing = "idle";
let asked = false; // in writing, and nothing came of it yet
let unfinished = false; // the line went while somebody spoke, or waited for an answer
let keptMs = 0; // that a session outlives its line
let leaving = null; // the timer that clears a kiosk's screen when that is over
let microphoneOn = false;
let kiosk = false; // guests follow one another: each has a session and a screen of their own
let shown = null; // the session on it
let language = null; // that it hears, if the server knows but one

function show(id, text) {
  $(id).textContent = text;
  $(id).hidden = !text;
}

function showStatus() {
  const seconds = Math.ceil((line.in_ms ?? 0) / 1000);
  const idle = microphoneOn ? DOING.idle : "Connected. The microphone is off.";
  const words = {
    connecting: () => "Connecting…",
    ready: () => (doing === "idle" ? idle : DOING[doing]),
    reconnecting: () => `The connection was lost. Trying again in ${seconds} s (attempt ${line.attempt}).`,
    closed: () => `${ENDINGS[line.reason] ?? "Not connected."} Press Talk, or type.`,
  };
  $("status").textContent = words[line.state]();
  $("interrupt").disabled = line.state !== "ready";
}

function nameTalk() {
  $("talk").textContent = microphoneOn ? (kiosk ? "Finish" : "Stop talking") : "Talk";
}

function setDoing(now) {
  if (doing === now) return;
  doing = now;
  showStatus();
}

function showHearing(stable, unstable) {
  $("stable").textContent = stable;
  $("unstable").textContent = unstable;
}

function clearScreen() {
  conversation.clear();
  showHearing("", "");
  $("text").value = "";
}

function showProblem({ message, fix }) {
  show("problem", [message, fix].filter(Boolean).join(" "));
}

// Connects at the first use: browsers let no page make a sound before the user did something.
async function connected() {
  if (client.state === "closed") connecting ??= connect().finally(() => (connecting = null));
  await connecting;
}

async function connect() {
  await client.connect();
  meters.output = watch(client.output);
}

function watch(node) {
  const analyser = new AnalyserNode(node.context, { fftSize: 1024 });
  node.connect(analyser);
  return analyser;
}

function drawLevels() {
  for (const [name, analyser] of Object.entries(meters)) {
    const samples = new Float32Array(analyser?.fftSize ?? 0);
    analyser?.getFloatTimeDomainData(samples);
    $(`${name}-level`).value = samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0);
  }
  requestAnimationFrame(drawLevels);
}

// A handler that shows what goes wrong.
function guarded(action) {
  return async (event) => {
    event?.preventDefault();
    show("problem", "");
    try {
      await action();
    } catch (error) {
      showProblem({ fix: "Reload the page.", ...error, message: error.message });
    }
  };
}

const talk = guarded(async () => {
  if (microphoneOn) return kiosk ? client.close() : client.stopMicrophone();
  await connected();
  await client.startMicrophone();
});

const sendText = guarded(async () => {
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = ""; // at once: Enter may be pressed twice
  try {
    await connected();
    client.sendText(text);
    asked = true;
  } catch (error) {
    $("text").value ||= text;
    throw error;
  }
  conversation.said(text);
});

const sendSample = guarded(async () => {
  await connected();
  const file = await fetch(new URL(SAMPLES[language] ?? SAMPLES.en, import.meta.url));
  await client.sendFile(await file.arrayBuffer());
});

const interrupt = guarded(async () => {
  client.interrupt();
  forgetTurn();
});

// No answer will come to what was said.
function forgetTurn() {
  if (doing !== "thinking") return;
  showHearing("", "");
  setDoing("idle");
}

// The line is back, or nobody waits for it.
function stayed() {
  clearTimeout(leaving);
  leaving = null;
  unfinished = asked = false;
}

const HANDLERS = {
  state(detail) {
    line = detail;
    if (detail.state === "reconnecting") {
      unfinished ||= doing === "hearing" || doing === "thinking" || asked;
      if (kiosk) leaving ??= setTimeout(clearScreen, keptMs);
    }
    if (detail.state === "closed") {
      stayed();
      show("sound", "");
      if (kiosk) clearScreen();
    }
    if (detail.state !== "ready") {
      doing = "idle";
      show("expiring", "");
    }
    showStatus();
  },
  error(problem) {
    asked = false;
    if (UNANSWERED.has(problem.code)) forgetTurn();
    if (problem.code !== "nothing_to_commit") showProblem(problem); // of the commit below, which may come too late
  },
  sound({ on }) {
    show("sound", on || client.state === "closed" ? "" : "The sound was interrupted. Press any key, or touch the page.");
  },
  muted: ({ on }) => show("muted", on ? "The microphone is muted. Give it back to the page in the browser." : ""),
  microphone({ on }) {
    microphoneOn = on;
    if (on) show("problem", "");
    show("muted", "");
    meters.input = on ? watch(client.input) : null;
    $("talk").setAttribute("aria-pressed", on);
    // What a screen reader says aloud would be heard as the caller's.
    for (const id of ["status", "conversation"]) $(id).setAttribute("aria-live", on ? "off" : "polite");
    nameTalk();
    if (!on && doing === "hearing" && client.state === "ready") client.commit(); // its silence will not be heard
    showStatus();
  },
  "session.ready"({ resumed, starter, session_id, config, limits }) {
    keptMs = 1000 * limits.keep_s;
    if (!client.microphoneMissing) show("problem", "");
    const anew = line.state === "reconnecting" && session_id !== shown && config.profile !== "kiosk";
    const gone = anew ? "The conversation begins anew: Parlor has forgotten it." : "The line was gone for a moment.";
    if (anew || unfinished) showProblem({ message: gone, fix: unfinished && "Say it again." });
    stayed();
    showHearing("", "");
    setDoing("idle"); // a report of the reply that was cut may have come meanwhile
    kiosk = config.profile === "kiosk";
    if (kiosk && session_id !== shown) clearScreen();
    else if (!resumed) conversation.forgetTurns();
    shown = session_id;
    language = config.language;
    nameTalk();
    if (starter) show("notice", starter);
  },
  "session.expiring": ({ in_s }) => show("expiring", `The session ends in ${in_s} s unless you say something.`),
  "speech.started": () => setDoing("hearing"),
  "speech.stopped": () => setDoing("thinking"),
  "transcript.partial": ({ stable, unstable }) => showHearing(stable, unstable),
  "transcript.final"({ text }) {
    showHearing("", "");
    if (!text) return setDoing("idle"); // a noise keeps no session
    show("expiring", "");
    conversation.said(text);
  },
  "reply.started"({ turn }) {
    asked = false;
    show("expiring", "");
    if (microphoneOn) show("problem", "");
    conversation.replyStarted(turn);
    setDoing("thinking");
  },
  "reply.delta": ({ turn, text }) => conversation.replyText(turn, text),
  "reply.ended"(message) {
    conversation.replyEnded(message);
    if (doing === "thinking") setDoing("idle");
  },
  playback({ turn, played_ms, state }) {
    conversation.heard(turn, played_ms);
    if (state === "playing" && doing !== "hearing") setDoing("speaking");
    if (state === "done" && doing === "speaking") setDoing("idle");
  },
};

for (const [type, handler] of Object.entries(HANDLERS)) client.addEventListener(type, ({ detail }) => handler(detail));
$("talk").addEventListener("click", talk);
$("sample").addEventListener("click", sendSample);
$("interrupt").addEventListener("click", interrupt);
$("form").addEventListener("submit", sendText);
window.addEventListener("pagehide", () => client.close());
window.addEventListener("hashchange", () => location.reload()); // another token
for (const back of ["visibilitychange", "pointerdown", "click", "keydown"]) {
  document.addEventListener(back, () => client.wake());
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && client.state === "ready") void interrupt();
});
if (!window.isSecureContext) {
  show("notice", "The microphone needs https or localhost. Here you can type, and send the sample sentence.");
}
drawLevels();
