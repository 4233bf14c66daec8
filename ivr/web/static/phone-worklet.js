// Sound between the browser and the telephone line, in the audio thread.
// The line is PCM16 mono at 8 kHz in frames of 20 ms; the browser has a rate of its own, 44.1 or 48 kHz as a rule.

const LINE_RATE = 8000;
const FRAME = 160;
const CUTOFF_HZ = 3500; // a telephone passes 300-3400 Hz; what is above 4 kHz would fold into speech
const HALF_TAPS = 12; // zero crossings of the low-pass on each side

const STEPS = 64; // entries of the low-pass for one input sample

// One side of a windowed sinc that reaches `half` input samples from its centre.
function lowPass(cutoff, half) {
  return Float32Array.from({ length: half * STEPS + 1 }, (_, index) => {
    const x = index / STEPS;
    const angle = 2 * Math.PI * cutoff * x;
    const sinc = x === 0 ? 1 : Math.sin(angle) / angle;
    const window = 0.42 + 0.5 * Math.cos((Math.PI * x) / half) + 0.08 * Math.cos((2 * Math.PI * x) / half);
    return 2 * cutoff * sinc * window;
  });
}

// Microphone: keeps the last input samples and computes each output sample where it falls between them.
class Mic extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / LINE_RATE;
    this.half = Math.ceil(HALF_TAPS * Math.max(1, this.step));
    this.filter = lowPass(Math.min(CUTOFF_HZ, sampleRate * 0.45) / sampleRate, this.half);
    this.history = new Float32Array(this.half * 2);
    this.position = this.half; // of the next output sample, in samples of `history`
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.peak = 0;
  }

  process(inputs) {
    const input = inputs[0][0];
    if (!input) return true;
    const samples = new Float32Array(this.history.length + input.length);
    samples.set(this.history);
    samples.set(input, this.history.length);
    while (this.position + this.half <= samples.length) {
      this.put(this.at(samples, this.position));
      this.position += this.step;
    }
    const kept = this.half * 2;
    this.position -= samples.length - kept;
    this.history = samples.slice(samples.length - kept);
    return true;
  }

  at(samples, position) {
    let sum = 0;
    const first = Math.max(0, Math.ceil(position - this.half));
    const last = Math.min(samples.length - 1, Math.floor(position + this.half));
    for (let index = first; index <= last; index += 1) {
      sum += samples[index] * this.filter[Math.round(Math.abs(index - position) * STEPS)];
    }
    return sum;
  }

  put(sample) {
    const value = Math.max(-1, Math.min(1, sample));
    this.peak = Math.max(this.peak, Math.abs(value));
    this.frame[this.filled] = Math.round(value * 32767);
    this.filled += 1;
    if (this.filled < FRAME) return;
    const sound = this.frame.slice().buffer;
    this.port.postMessage({ sound, peak: this.peak }, [sound]);
    this.filled = 0;
    this.peak = 0;
  }
}

// Loudspeaker: a queue of line samples. It waits until PRIME of them have come, so that late frames leave no gaps,
// and forgets them all at once on a flush.
const PRIME = FRAME * 4;
const MOST = LINE_RATE; // more than a second behind is useless in a conversation

class Speaker extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = LINE_RATE / sampleRate;
    this.flush();
    this.port.onmessage = ({ data }) => (data.flush ? this.flush() : this.add(new Int16Array(data.sound)));
  }

  flush() {
    this.queue = [];
    this.waiting = 0;
    this.offset = 0;
    this.phase = 0;
    this.before = 0;
    this.now = 0;
    this.playing = false;
    this.idle = 0;
  }

  add(samples) {
    this.queue.push(samples);
    this.waiting += samples.length;
    while (this.waiting > MOST) {
      this.waiting -= this.queue.shift().length - this.offset;
      this.offset = 0;
    }
    if (this.waiting >= PRIME) this.playing = true;
    this.idle = 0;
  }

  next() {
    if (!this.queue.length) return 0;
    const value = this.queue[0][this.offset] / 32768;
    this.offset += 1;
    this.waiting -= 1;
    if (this.offset === this.queue[0].length) {
      this.queue.shift();
      this.offset = 0;
    }
    return value;
  }

  process(_, outputs) {
    const output = outputs[0][0];
    this.idle += output.length;
    // The end of a prompt may be shorter than PRIME: it is played when nothing more comes.
    if (this.waiting && this.idle > sampleRate / 10) this.playing = true;
    if (!this.waiting && this.now === 0) this.playing = false;
    if (!this.playing) return true;
    for (let index = 0; index < output.length; index += 1) {
      output[index] = this.before + (this.now - this.before) * this.phase;
      this.phase += this.step;
      while (this.phase >= 1) {
        this.phase -= 1;
        this.before = this.now;
        this.now = this.next();
      }
    }
    return true;
  }
}

registerProcessor("phone-mic", Mic);
registerProcessor("phone-speaker", Speaker);
