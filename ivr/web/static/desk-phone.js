// The operator's telephone in the browser: over the local exchange, or over Twilio's Voice SDK. Both look the same:
// start(), answer(), press(key), mute(on), hangUp(); events "state" (detail: on, off, none), "incoming" and "ended".

import { HandsetAudio } from "./phone-audio.js";

const RETRY_MS = 2000;

class Phone extends EventTarget {
  ringing = false;
  live = false;
  muted = false;
  state = "off";

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  become(state) {
    this.state = state;
    this.tell("state", state);
  }
}

// Where calls are taken on another telephone, or not at all.
export class NoPhone extends Phone {
  start() {}
  async answer() {}
  press() {}
  mute() {}
  hangUp() {}
}

export class LocalPhone extends Phone {
  constructor(address, identity, worklet) {
    super();
    this.url = new URL(address, location.href);
    this.url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.url.searchParams.set("identity", identity);
    this.audio = new HandsetAudio(worklet);
  }

  start() {
    this.socket = new WebSocket(this.url);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.become("on");
    this.socket.onmessage = ({ data }) => (typeof data === "string" ? this.obey(JSON.parse(data)) : this.audio.play(data));
    this.socket.onclose = () => {
      this.over();
      this.become("off");
      setTimeout(() => this.start(), RETRY_MS);
    };
  }

  obey(message) {
    if (message.incoming) {
      this.ringing = true;
      this.tell("incoming");
    } else if (message.clear) {
      this.audio.flush();
    } else if (message.ended !== undefined) {
      this.over();
      this.tell("ended");
    }
  }

  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
  }

  async answer() {
    this.ringing = false;
    this.live = true;
    this.send({ answer: true });
    try {
      await this.audio.open();
      await this.audio.listen((sound) => {
        if (this.live && !this.muted) this.send(sound);
      });
      if (!this.live) this.audio.deafen();
    } catch {
      this.become("none");
    }
  }

  press(key) {
    this.send({ key });
  }

  mute(on) {
    this.muted = on;
  }

  hangUp() {
    this.send({ hang_up: true });
    this.over();
  }

  over() {
    this.ringing = false;
    this.live = false;
    this.muted = false;
    this.audio.deafen();
    this.audio.flush();
  }
}

export class TwilioPhone extends Phone {
  call = null;

  async start() {
    try {
      this.device = new window.Twilio.Device(await token(), { closeProtection: true, codecPreferences: ["opus", "pcmu"] });
    } catch {
      this.become("off");
      setTimeout(() => this.start(), RETRY_MS * 5);
      return;
    }
    this.device.on("registered", () => this.become("on"));
    this.device.on("unregistered", () => this.become("off"));
    this.device.on("error", ({ code }) => this.become(code === 31401 || code === 31402 ? "none" : "off"));
    this.device.on("tokenWillExpire", async () => this.device.updateToken(await token()));
    this.device.on("incoming", (call) => this.rung(call));
    this.device.audio?.incoming(false); // the page rings by itself
    this.device.register();
  }

  rung(call) {
    this.call = call;
    this.ringing = true;
    for (const end of ["cancel", "disconnect", "reject", "error"]) {
      call.on(end, () => {
        if (this.call === call) this.over();
      });
    }
    this.tell("incoming");
  }

  async answer() {
    const call = this.call;
    if (!call) return;
    this.ringing = false;
    this.live = true;
    const accepted = new Promise((done) => call.once("accept", done));
    call.accept();
    await accepted;
  }

  press(key) {
    this.call?.sendDigits(key);
  }

  mute(on) {
    this.muted = on;
    this.call?.mute(on);
  }

  hangUp() {
    if (this.live) this.call?.disconnect();
    else this.call?.reject();
    this.over();
  }

  over() {
    this.call = null;
    this.ringing = false;
    this.live = false;
    this.muted = false;
    this.tell("ended");
  }
}

async function token() {
  const answer = await fetch("/desk/token", { headers: { "X-Desk-Unattended": "1" } });
  if (!answer.ok) throw new Error("no token");
  return (await answer.json()).token;
}
