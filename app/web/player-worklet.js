// The audio worklet of the loudspeaker: renders the queue, passes messages in and reports out.
import { PlayerQueue } from "./player-queue.js";

class PlayerProcessor extends AudioWorkletProcessor {
  #queue = new PlayerQueue(sampleRate, (report) => this.port.postMessage(report));

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#queue.handle(data);
  }

  process(_inputs, [[out]]) {
    this.#queue.render(out);
    return true;
  }
}

registerProcessor("parlor-player", PlayerProcessor);
