// PCM16 from other forms of audio.

// An AudioBuffer as mono Int16Array at `rate`; the browser mixes and resamples.
export async function monoPcm(buffer, rate) {
  const offline = new OfflineAudioContext(1, Math.ceil(buffer.duration * rate), rate);
  const source = new AudioBufferSourceNode(offline, { buffer });
  source.connect(offline.destination);
  source.start();
  const rendered = await offline.startRendering();
  return Int16Array.from(rendered.getChannelData(0), (x) => Math.max(-32768, Math.min(32767, Math.round(x * 32768))));
}

// Int16Array at `from` Hz to Int16Array at `to` Hz.
export async function resample(pcm, from, to) {
  if (from === to) return pcm;
  const buffer = new AudioBuffer({ length: pcm.length, sampleRate: from });
  buffer.copyToChannel(Float32Array.from(pcm, (x) => x / 32768), 0);
  return monoPcm(buffer, to);
}
