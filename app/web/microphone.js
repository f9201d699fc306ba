// The microphone: asks for it, and gives its sound as PCM16 frames of 20 ms at the context's rate.
import { ParlorError } from "./errors.js";
import { addWorklet } from "./player.js";

const WANTED = {
  audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};
const REFUSALS = {
  NotAllowedError: ["microphone_denied", "The browser does not give us the microphone.",
    "Allow the microphone for this page in the browser's settings, then press Talk again."],
  NotFoundError: ["microphone_missing", "There is no microphone.", "Connect one, type, or send the sample sentence."],
  NotReadableError: ["microphone_in_use", "The microphone cannot be opened.",
    "Close the program that uses it, then press Talk again."],
};
const INSECURE = ["insecure_page", "Browsers give the microphone only to secure pages.",
  "Open this page by https, or on the machine itself as http://localhost. Typing works here too."];

// Events: `frame` (Int16Array), `lost` when the device goes away, `muted` {on} when it is made silent, or no more.
export class Microphone extends EventTarget {
  node; // an AudioNode, for meters
  #stream;
  #worklet;

  // Throws ParlorError.
  static async open(context) {
    if (!window.isSecureContext) throw new ParlorError(...INSECURE);
    const microphone = new Microphone();
    await addWorklet(context, new URL("mic-worklet.js", import.meta.url));
    microphone.#stream = await navigator.mediaDevices.getUserMedia(WANTED).catch((error) => {
      throw new ParlorError(...(REFUSALS[error.name] ?? ["microphone_failed", error.message, "Try again."]));
    });
    try {
      microphone.#listen(context);
    } catch (error) {
      for (const track of microphone.#stream.getTracks()) track.stop();
      if (error.name !== "NotSupportedError") throw error; // Firefox: the context must have the microphone's rate
      throw new ParlorError("microphone_rate", "The browser cannot take the microphone at the loudspeaker's rate.",
        "Set both to 48 kHz in the system's sound settings, or use another browser.");
    }
    return microphone;
  }

  close() {
    this.#worklet.port.onmessage = null;
    this.#worklet.port.postMessage("close"); // it would run as long as the context
    this.node.disconnect();
    for (const track of this.#stream.getTracks()) track.stop();
  }

  #listen(context) {
    this.node = context.createMediaStreamSource(this.#stream);
    const mono = { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" };
    this.#worklet = new AudioWorkletNode(context, "parlor-microphone", mono);
    this.#worklet.port.onmessage = ({ data }) => this.dispatchEvent(new CustomEvent("frame", { detail: data }));
    this.node.connect(this.#worklet);
    const [track] = this.#stream.getAudioTracks();
    track.addEventListener("ended", () => this.dispatchEvent(new Event("lost")));
    for (const type of ["mute", "unmute"]) {
      track.addEventListener(type, () =>
        this.dispatchEvent(new CustomEvent("muted", { detail: { on: type === "mute" } })));
    }
  }
}
