// The handset's ear and mouth: a loudspeaker that can be flushed, and a microphone that may be missing.

const MIC = { channelCount: 1, echoCancellation: true, noiseSuppression: false, autoGainControl: true };

export class HandsetAudio {
  constructor(workletUrl) {
    this.workletUrl = workletUrl;
    this.context = null;
    this.speaker = null;
    this.stream = null;
    this.mic = null;
  }

  // Browsers start sound only from a press of a button: call this from its handler.
  async open() {
    if (!this.context) {
      this.context = new AudioContext({ latencyHint: "interactive" });
      await this.context.audioWorklet.addModule(this.workletUrl);
      this.speaker = new AudioWorkletNode(this.context, "phone-speaker", { numberOfInputs: 0, outputChannelCount: [1] });
      // A low-pass at the line's own limit takes away what straight lines between samples add.
      const smooth = new BiquadFilterNode(this.context, { type: "lowpass", frequency: 3600, Q: 0.7 });
      this.speaker.connect(smooth).connect(this.context.destination);
    }
    await this.context.resume();
  }

  // Gives every 20 ms of the microphone to `onSound(ArrayBuffer of PCM16 at 8 kHz, peak 0..1)`.
  // Rejects when the browser has no microphone or the person refuses it.
  async listen(onSound) {
    if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("no microphone", "NotFoundError");
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: MIC });
    const source = new MediaStreamAudioSourceNode(this.context, { mediaStream: this.stream });
    this.mic = new AudioWorkletNode(this.context, "phone-mic", { numberOfOutputs: 0 });
    this.mic.port.onmessage = ({ data }) => onSound(data.sound, data.peak);
    source.connect(this.mic);
  }

  deafen() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.mic?.disconnect();
    if (this.mic) this.mic.port.onmessage = null;
    this.stream = null;
    this.mic = null;
  }

  play(sound) {
    this.speaker?.port.postMessage({ sound }, [sound]);
  }

  flush() {
    this.speaker?.port.postMessage({ flush: true });
  }
}
