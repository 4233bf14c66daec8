// The phone page: a telephone on the local exchange's line. All words are in the template's data- attributes.

import { HandsetAudio } from "./phone-audio.js";

const KEYS = "0123456789*#";
const NUMBER = /^\+[1-9]\d{6,14}$/;
const NUMERO = "\u2116"; // where a Russian keyboard has it, an English one has #
const RETRY_MS = 2000;

const phone = document.getElementById("phone");
const words = phone.dataset;
const part = (id) => document.getElementById(id);
const audio = new HandsetAudio(words.worklet);

let socket = null;
let state = "idle"; // idle, ringing, incoming, connected, offline
let feed = false; // the hotline's own dialogue is shown; otherwise the page shows <Say> and keys itself
let startedAt = 0;
let clockTimer = 0;
let callSid = ""; // of the last call

// Line

function open() {
  const address = new URL(words.line, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    if (state === "offline") show("idle", words.textIdle);
    subscribe();
  };
  socket.onmessage = ({ data }) => (typeof data === "string" ? obey(JSON.parse(data)) : audio.play(data));
  socket.onclose = () => {
    finish();
    show("offline", words.textOffline);
    setTimeout(open, RETRY_MS);
  };
}

function send(message) {
  if (socket?.readyState !== WebSocket.OPEN) return;
  socket.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
}

function obey(message) {
  if (message.ringing) {
    feed = message.feed;
    callSid = message.call_sid;
    offerToSave(false);
    line("note", words.noteCall, true);
  } else if (message.incoming) {
    feed = false;
    line("note", words.noteIncoming, true);
    show("incoming", words.textIncoming);
  } else if (message.bridged) {
    line("note", words.textBridged, true);
  } else if (message.connected) {
    show("connected", words.textConnected);
    startClock();
  } else if (message.said !== undefined) {
    if (!feed) line("hotline", message.said, true);
  } else if (message.dialogue) {
    line(message.dialogue.who, message.dialogue.text, message.dialogue.final !== false);
  } else if (message.sms) {
    showSms(message.sms);
  } else if (message.sms_sent !== undefined) {
    smsSent(message.sms_sent);
  } else if (message.clear) {
    audio.flush();
  } else if (message.ended !== undefined) {
    finish();
    show("idle", words[`text${message.ended.split("-").map(capital).join("")}`] ?? words.textHotline);
    line("note", part("status-text").textContent, true);
    offerToSave(Boolean(callSid));
  } else if (message.error === "number") {
    finish();
    show("idle", words.textIdle);
    complain();
  }
}

// Call

async function dial() {
  const from = part("from").value.replace(/[\s()-]/g, "");
  if (!NUMBER.test(from)) return complain();
  part("from").value = from;
  complain(false);
  show("ringing", words.textRinging);
  const sounding = prepareSound();
  // Dialling does not wait for an answer about the microphone: a caller with keys needs none.
  await Promise.race([sounding, new Promise((done) => setTimeout(done, 1500))]);
  if (state === "ringing") send({ dial: true, from });
}

async function answer() {
  show("ringing", words.textIncoming);
  const sounding = prepareSound();
  await Promise.race([sounding, new Promise((done) => setTimeout(done, 1500))]);
  if (state === "ringing") send({ answer: true });
}

async function prepareSound() {
  try {
    part("mic").textContent = words.micAsking;
    await audio.open();
    await audio.listen((sound, peak) => {
      if (state === "connected") send(sound);
      part("level").style.transform = `scaleX(${Math.min(1, peak * 2)})`;
    });
    if (state === "idle" || state === "offline") return audio.deafen();
    microphone(true, words.micOn);
  } catch (error) {
    microphone(false, error.name === "NotFoundError" ? words.micNone : words.micOff);
  }
}

function microphone(on, text) {
  part("mic").textContent = text;
  part("mic").parentElement.classList.toggle("on", on);
}

function hangUp() {
  send({ hang_up: true });
  audio.flush();
  finish();
  show("idle", words.textCaller);
}

function finish() {
  audio.deafen();
  microphone(false, "");
  clearInterval(clockTimer);
  part("dialogue").querySelectorAll(".guess").forEach((item) => {
    item.classList.remove("guess"); // the next call must not replace it
    item.removeAttribute("aria-hidden");
  });
}

function press(key) {
  if (state !== "connected") return;
  send({ key });
  if (!feed) keysLine(key);
  const button = phone.querySelector(`[data-key="${CSS.escape(key)}"]`);
  button.classList.add("down");
  setTimeout(() => button.classList.remove("down"), 120);
}

// Display

function show(next, text) {
  state = next;
  phone.dataset.state = next;
  part("status-text").textContent = text;
  const busy = next === "ringing" || next === "connected" || next === "incoming";
  const incoming = next === "incoming";
  part("call-text").textContent = incoming ? words.textAnswer : busy ? words.textHangUp : words.textCall;
  part("decline").hidden = !incoming;
  part("call").disabled = next === "offline";
  part("from").disabled = busy;
  phone.querySelectorAll(".key").forEach((button) => (button.disabled = next !== "connected"));
}

function complain(wrong = true) {
  part("from").setAttribute("aria-invalid", String(wrong));
  part("from-error").hidden = !wrong;
  part("from-error").textContent = wrong ? words.textNumber : "";
  if (wrong) part("from").focus();
}

function startClock() {
  startedAt = performance.now();
  clearInterval(clockTimer);
  clockTimer = setInterval(tell, 500);
  tell();
}

function tell() {
  const seconds = Math.floor((performance.now() - startedAt) / 1000);
  part("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// A line that is not final is replaced by the next one of the same speaker.
function line(who, text, final) {
  const list = part("dialogue");
  const follow = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  let item = list.querySelector(`li.guess[data-who="${who}"]`);
  if (!item) {
    item = list.appendChild(element("li", who === "keys" ? "keys-line" : who));
    item.dataset.who = who;
    if (words[`who${capital(who)}`]) item.append(element("span", "who", words[`who${capital(who)}`]));
    item.append(element("span", "what"));
  }
  item.querySelector(".what").textContent = text;
  item.classList.toggle("guess", !final);
  item.setAttribute("aria-hidden", String(!final)); // a guess is not read aloud, what was understood is
  part("talk-empty").hidden = true;
  if (follow) list.scrollTop = list.scrollHeight;
}

function keysLine(key) {
  const last = part("dialogue").lastElementChild;
  if (last?.dataset.who === "keys") last.querySelector(".what").textContent += key;
  else line("keys", key, true);
}

function showSms(sms) {
  if (part(`sms-${sms.id}`)) return;
  part("sms").querySelector(".new")?.classList.remove("new");
  const item = element("li", "new");
  item.id = `sms-${sms.id}`;
  const about = element("p", "about");
  const time = element("time", "", new Date(sms.at).toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = sms.at;
  about.append(element("span", "", sms.from), time);
  item.append(about, element("p", "body", sms.body));
  part("sms").prepend(item);
  part("sms-empty").hidden = true;
  part("sms-count").hidden = false;
  part("sms-count").textContent = part("sms").childElementCount;
}

// What the page sends itself stands among the messages too, under a name that no message has.
function sendSms(event) {
  event.preventDefault();
  const number = part("from").value.replace(/[\s()-]/g, "");
  if (!NUMBER.test(number)) return complain();
  complain(false);
  subscribe();
  part("sms-state").textContent = words.smsSending;
  send({ send_sms: { to: part("sms-form").dataset.to, body: part("sms-text").value } });
}

function smsSent(taken) {
  part("sms-state").textContent = taken ? words.smsSent : words.smsLost;
  if (!taken) return;
  const { value } = part("sms-text");
  const from = `${words.smsMine} ${part("sms-form").dataset.to}`;
  showSms({ id: `mine-${performance.now()}`, from, body: value, at: new Date().toISOString() });
  part("sms-text").value = "";
}

// Testers

function offerToSave(on) {
  part("save-call").hidden = !on;
  part("save-state").textContent = "";
}

async function saveCall() {
  const sid = callSid;
  part("save-call").disabled = true;
  part("save-state").textContent = words.saveBusy;
  try {
    const headers = { "X-From-Page": "phone" };
    const answer = await fetch(`/phone/calls/${encodeURIComponent(sid)}/save`, { method: "POST", headers });
    if (answer.ok) download(await answer.blob(), `call_${sid.slice(-8).toLowerCase()}.zip`);
    part("save-state").textContent = answer.ok ? words.saveDone : `${words.saveFailed} ${await answer.text()}`;
  } catch {
    part("save-state").textContent = words.saveLost;
  } finally {
    part("save-call").disabled = false;
  }
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}

function subscribe() {
  const number = part("from").value.replace(/[\s()-]/g, "");
  if ((state === "idle" || state === "offline") && NUMBER.test(number)) send({ number });
}

// Hands

const WHEN_PRESSED = { idle: dial, incoming: answer };
part("call").addEventListener("click", () => (WHEN_PRESSED[state] ?? hangUp)());
part("decline").addEventListener("click", hangUp);
phone.querySelector(".keys").addEventListener("click", ({ target }) => {
  if (target.dataset.key) press(target.dataset.key);
});
part("sms-form").addEventListener("submit", sendSms);
part("save-call").addEventListener("click", saveCall);
part("from").addEventListener("change", () => {
  part("sms").replaceChildren();
  part("sms-count").hidden = true;
  part("sms-empty").hidden = false;
  subscribe();
});
part("from").addEventListener("keydown", ({ key }) => {
  if (key === "Enter" && state === "idle") dial();
});
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, textarea")) return;
  const key = event.key === NUMERO ? "#" : event.key;
  if (key.length === 1 && KEYS.includes(key)) press(key);
});

open();
