// The conversation as it is written on the page: what you said, what Parlor said, and what of it was heard.

const ENTRIES_KEPT = 200;

export class Conversation {
  #log;
  #replies = new Map(); // turn -> {text, note, entry, timing}

  constructor(log) {
    this.#log = log;
  }

  // Turns are counted from the beginning again; what was said stays.
  forgetTurns() {
    this.#replies.clear();
  }

  // The next guest need not read what the one before said.
  clear() {
    this.#replies.clear();
    this.#log.replaceChildren();
  }

  said(text) {
    this.#add("You", "said").text.textContent = text;
  }

  replyStarted(turn) {
    if (this.#replies.has(turn)) return;
    const reply = this.#add("Parlor", "reply");
    reply.entry.setAttribute("aria-busy", "true"); // read out whole, not word by word
    this.#replies.set(turn, reply);
    if (this.#replies.size > ENTRIES_KEPT) this.#replies.delete(this.#replies.keys().next().value);
  }

  replyText(turn, text) {
    const reply = this.#replies.get(turn);
    if (reply) reply.text.textContent += text;
    this.#scroll();
  }

  // `reply`: the message reply.ended.
  replyEnded({ turn, status, heard_text: heard, timeline }) {
    const reply = this.#replies.get(turn);
    if (!reply) return;
    reply.entry.removeAttribute("aria-busy");
    const from = timeline?.speech_end ?? timeline?.endpoint; // a typed turn has no speech
    const to = timeline?.first_audio;
    if (from != null && to != null) reply.timing = `answered after ${to - from} ms`;
    if (status !== "completed") reply.timing = [reply.timing, status].filter(Boolean).join(", ");
    if (status === "interrupted" || status === "failed") markUnheard(reply.text, heard);
    this.#note(reply);
  }

  heard(turn, playedMs) {
    const reply = this.#replies.get(turn);
    if (!reply) return;
    reply.heard = `heard ${(playedMs / 1000).toFixed(1)} s`;
    this.#note(reply);
  }

  #note(reply) {
    reply.note.textContent = [reply.heard, reply.timing].filter(Boolean).join(" · ");
  }

  #add(who, kind) {
    const entry = document.createElement("div");
    entry.className = `entry ${kind}`;
    const [name, text, note] = ["strong", "p", "small"].map((tag) => document.createElement(tag));
    name.textContent = who;
    text.dir = "auto";
    note.setAttribute("aria-live", "off");
    entry.append(name, text, note);
    this.#log.append(entry);
    while (this.#log.childElementCount > ENTRIES_KEPT) this.#log.firstElementChild.remove();
    this.#scroll();
    return { entry, text, note };
  }

  #scroll() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}

// Strikes out what of a reply was not heard.
function markUnheard(element, heard) {
  const text = element.textContent.trim();
  if (!text.startsWith(heard)) return;
  const unheard = document.createElement("span");
  unheard.className = "unheard";
  unheard.textContent = text.slice(heard.length);
  element.replaceChildren(heard, unheard);
}
