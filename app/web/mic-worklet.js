// The audio worklet of the microphone: its samples as PCM16 frames of 20 ms at the context's rate.

class MicrophoneProcessor extends AudioWorkletProcessor {
  #frame = new Int16Array(Math.round(sampleRate / 50));
  #filled = 0;
  #open = true;

  constructor() {
    super();
    this.port.onmessage = () => (this.#open = false);
  }

  process([[samples]]) {
    if (!this.#open) return false;
    if (!samples) return true; // nothing is connected yet
    for (const sample of samples) {
      this.#frame[this.#filled] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      this.#filled += 1;
      if (this.#filled === this.#frame.length) this.#send();
    }
    return true;
  }

  #send() {
    const full = this.#frame;
    this.#frame = new Int16Array(full.length);
    this.#filled = 0;
    this.port.postMessage(full, [full.buffer]);
  }
}

registerProcessor("parlor-microphone", MicrophoneProcessor);
