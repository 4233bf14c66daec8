// The operators' desk. The server renders everything; here are the telephone, keys, clocks and what is said aloud.
// All words are in the template's data- attributes.

import { LocalPhone, NoPhone, TwilioPhone } from "./desk-phone.js";

const HEARTBEAT_MS = 20_000;
const POLL_MS = 3_000;
const KEY_ONE_MS = 900; // the whisper may not listen yet when the line is open, so the key is pressed again
const KEY_ONE_TIMES = 8;
const THROTTLE_MS = 1_000;
const MINUTE_MS = 60_000;
const BY_ITSELF = ["asks", "queue", "transcript"]; // what fetches without a hand of the operator

const desk = document.getElementById("content");
const words = desk.dataset;
const part = (id) => document.getElementById(id);
const { htmx } = window;

let phase = "";
let number = "";
let wanted = ""; // the place that the operator wants to take, until its telephone has been answered
let clockAhead = 0; // of this machine's clock before the server's, ms
let lastHand = Date.now();
let handSince = true; // something was pressed since the last heartbeat
let polling = 0;
let lastEnd = 0;

// Telephone

function makePhone() {
  if (words.voice === "local") return new LocalPhone(words.client, words.identity, words.worklet);
  if (words.voice === "twilio") return new TwilioPhone();
  return new NoPhone();
}

const phone = makePhone();
phone.addEventListener("state", ({ detail }) => {
  trouble("phone", { on: "", off: words.textPhoneOff, none: words.textPhoneNone }[detail]);
});
phone.addEventListener("incoming", () => {
  if (wanted && wanted === number) take();
});
phone.addEventListener("ended", showMute);

// The desk knows of an offer before or after the telephone rings; the call is taken when both are there.
function accept() {
  if (phase !== "ringing") return;
  wanted = number;
  if (part("accept")) part("accept").disabled = true;
  if (phone.ringing) take();
}

async function take() {
  wanted = "";
  const taken = number;
  await phone.answer();
  for (let times = 0; times < KEY_ONE_TIMES && phase === "ringing" && number === taken && phone.live; times += 1) {
    phone.press("1");
    await new Promise((done) => setTimeout(done, KEY_ONE_MS));
  }
}

function showMute() {
  const button = part("mute");
  if (!button) return;
  button.setAttribute("aria-pressed", String(phone.muted));
  button.querySelector(".word").textContent = phone.muted ? words.textUnmute : words.textMute;
}

// What has changed

function look() {
  const bar = part("bar");
  if (part("me").dataset.now) clockAhead = Date.now() - Number(part("me").dataset.now) * 1000;
  showMute();
  const changed = bar.dataset.phase !== phase || bar.dataset.number !== number;
  phase = bar.dataset.phase;
  number = bar.dataset.number;
  tick();
  // A page that is left hangs up: in a call other pages open beside it.
  document.querySelectorAll(".top nav a").forEach((link) => (link.target = phase === "idle" ? "" : "_blank"));
  if (!changed) return;
  tidy();
  if (phase !== "ringing") wanted = "";
  if (part("accept") && wanted) part("accept").disabled = true;
  if (bar.dataset.announce) part("say").textContent = bar.dataset.announce;
  ring(phase === "ringing", bar.dataset.announce);
  if (phase === "idle" || phase === "wrap_up") part("say-politely").textContent = "";
  if (phase === "wrap_up" && !document.querySelector("dialog[open]")) part("find")?.focus();
  else if (!document.activeElement || document.activeElement === document.body) bar.focus();
}

function tick() {
  const now = (Date.now() - clockAhead) / 1000;
  document.querySelectorAll("time[data-since]").forEach((one) => {
    const seconds = Math.max(0, Math.floor(now - Number(one.dataset.since)));
    write(one, clock(seconds));
    one.classList.toggle("over", seconds > Number(one.dataset.most ?? Infinity));
  });
  document.querySelectorAll("time[data-until]").forEach((one) => {
    write(one, String(Math.max(0, Math.ceil(Number(one.dataset.until) - now))));
  });
}

function clock(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Several things may be wrong at once; each is taken back by itself.
const troubles = new Map();
function trouble(name, text = "") {
  if (text) troubles.set(name, text);
  else troubles.delete(name);
  part("trouble").textContent = [...troubles.values()].join(" ");
  part("trouble").hidden = troubles.size === 0;
}

// Ringing: a sound, the window's title, a notification

const plainTitle = document.title;
const still = matchMedia("(prefers-reduced-motion: reduce)");
let sound = null;
let ringer = 0;
let notification = null;

function ring(on, text) {
  clearInterval(ringer);
  document.title = plainTitle;
  notification?.close();
  notification = null;
  if (!on) return;
  beep();
  document.title = words.titleCall;
  let times = 0;
  ringer = setInterval(() => {
    times += 1;
    if (times % 3 === 0) beep();
    if (!still.matches) document.title = times % 2 ? plainTitle : words.titleCall;
  }, 1000);
  if (document.hidden && window.Notification?.permission === "granted") {
    notification = new Notification(words.titleCall, { body: text, tag: "desk-call" });
  }
}

// Two tones, as telephones ring; browsers let it sound once the page has been touched.
function beep() {
  if (!sound || sound.state !== "running") return;
  [0, 0.35].forEach((after) => {
    const tone = new OscillatorNode(sound, { frequency: 660 });
    const volume = new GainNode(sound, { gain: 0 });
    const at = sound.currentTime + after;
    volume.gain.setTargetAtTime(0.15, at, 0.01);
    volume.gain.setTargetAtTime(0, at + 0.2, 0.03);
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  });
}

function touched() {
  lastHand = Date.now();
  handSince = true;
  trouble("idle");
  sound ??= new AudioContext();
  if (sound.state === "suspended") sound.resume();
}

// Being there: a heartbeat while the page is open; idleness ends the session

async function heartbeat() {
  const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
  if (!handSince && phase === "idle") headers["X-Desk-Unattended"] = "1";
  handSince = false;
  try {
    const answer = await fetch("/desk/seen", { method: "POST", headers, redirect: "manual" });
    if (answer.type === "opaqueredirect") location.assign("/desk/sign-in?next=/desk");
  } catch {
    trouble("stream", words.textOffline);
  }
}

function mindIdleness() {
  if (phase !== "idle") lastHand = Date.now();
  const left = Number(words.idleMinutes) * MINUTE_MS - (Date.now() - lastHand);
  if (left <= 0) part("sign-out").requestSubmit();
  else if (left <= MINUTE_MS && !troubles.has("idle")) {
    trouble("idle", words.textIdle);
    beep();
  }
}

// Keys: by place (KeyboardEvent.code), so that the Russian layout is no matter

const SHORTCUTS = {
  KeyA: accept,
  KeyR: () => press("decline"),
  KeyM: () => press("mute"),
  KeyK: () => press("hand-back"),
  Digit1: () => press("end"),
  KeyD: showResult,
  KeyE: () => (document.querySelector("#fields .wrong .correct") ?? document.querySelector("#fields .correct"))?.focus(),
  KeyF: () => document.querySelector("#actions button:enabled")?.focus(),
  KeyC: () => part("bar").focus(),
  KeyS: () => document.querySelector(".statuses button:enabled")?.focus(),
  Digit0: () => part("sign-out").requestSubmit(),
};
const IN_DIALOG = ["KeyA", "KeyR", "KeyM", "Digit1"];

function press(id) {
  part(id)?.click();
}

function showResult() {
  const details = document.querySelector("#result details");
  if (!details) return;
  details.open = true;
  part("find").focus();
}

function onKey(event) {
  touched();
  const shortcut = event.ctrlKey && event.shiftKey && !event.altKey && !event.metaKey && SHORTCUTS[event.code];
  const dialog = document.querySelector("dialog[open]");
  if (shortcut && (!dialog || IN_DIALOG.includes(event.code))) {
    event.preventDefault();
    if (!event.repeat) shortcut();
  } else if (asksForHelp(event) && !dialog && singleKeys()) {
    event.preventDefault();
    part("help").showModal();
  } else if (event.target.closest?.("#fields")) {
    walkFields(event);
  } else if (event.target.id === "find" && event.code.endsWith("Enter")) {
    event.preventDefault();
    pickFirst();
  }
}

function asksForHelp({ key, code, shiftKey, ctrlKey, altKey, metaKey, target }) {
  if (ctrlKey || altKey || metaKey || target.matches?.("input, textarea, select")) return false;
  return key === "?" || (code === "Slash" && shiftKey);
}

function singleKeys() {
  return localStorage.getItem("desk-single-keys") !== "off";
}

function walkFields(event) {
  const [down, across] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.code] ?? [];
  if (down === undefined) return;
  event.preventDefault();
  const row = event.target.closest("li");
  const hands = [...row.querySelectorAll("button")];
  const correct = down === 1 ? row.nextElementSibling : down === -1 ? row.previousElementSibling : null;
  const next = across ? hands[hands.indexOf(event.target) + across] : correct?.querySelector(".correct");
  next?.focus();
}

// Result

function filter() {
  const asked = part("find").value.toLowerCase().replaceAll("ё", "е").split(/\s+/).filter(Boolean);
  let shown = 0;
  document.querySelectorAll(".leaf").forEach((leaf) => {
    const known = leaf.dataset.words.replaceAll("ё", "е");
    leaf.hidden = !asked.every((word) => known.includes(word));
    shown += leaf.hidden ? 0 : 1;
  });
  document.querySelectorAll(".groups fieldset").forEach((group) => {
    group.hidden = !group.querySelector(".leaf:not([hidden])");
  });
  part("found").textContent = shown ? "" : words.textNoMatch;
}

function pickFirst() {
  const first = document.querySelector(".leaf:not([hidden]) input");
  if (!first) return;
  first.checked = true;
  first.focus();
}

// Sound behind an answer

let clip = null;
async function playClip(button) {
  clip?.pause();
  document.querySelectorAll(".playing").forEach((one) => one.classList.remove("playing"));
  clip = new Audio(button.dataset.clip);
  const over = () => button.classList.remove("playing");
  clip.addEventListener("ended", over);
  clip.addEventListener("pause", over);
  button.classList.add("playing");
  try {
    await clip.play();
    trouble("clip");
  } catch (error) {
    over();
    if (error.name !== "AbortError") trouble("clip", words.textNoClip);
  }
}

// Parts of the page that come from the server

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (BY_ITSELF.includes(detail.elt.id) && phase === "idle") detail.headers["X-Desk-Unattended"] = "1";
});

const scrolled = new Map();
document.body.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  detail.target.querySelectorAll?.("[data-keep-scroll]").forEach((one) => scrolled.set(one.id, one.scrollTop));
});
document.body.addEventListener("htmx:oobAfterSwap", () => {
  scrolled.forEach((top, id) => part(id)?.scrollTo({ top }));
  scrolled.clear();
});
document.body.addEventListener("htmx:afterSettle", look);
document.body.addEventListener("htmx:afterSwap", ({ target }) => {
  const dialog = part("dialog");
  if (target.id === "transcript") tidy();
  if (target !== dialog) return;
  if (!dialog.open) dialog.showModal();
  const first = dialog.querySelector("[autofocus], select, textarea, input:not([type=hidden])");
  first?.focus();
  if (first?.dataset.select !== undefined) first.select();
});
document.body.addEventListener("htmx:responseError", () => trouble("request", words.textFailed));
document.body.addEventListener("htmx:sendError", () => trouble("request", words.textFailed));
document.body.addEventListener("htmx:afterOnLoad", () => trouble("request"));

// The stream of events, and asking every three seconds where it does not come through
document.body.addEventListener("htmx:sseOpen", () => {
  desk.dataset.stream = "open";
  clearInterval(polling);
  polling = 0;
  trouble("stream");
});
document.body.addEventListener("htmx:sseError", () => {
  desk.dataset.stream = "broken";
  trouble("stream", words.textOffline);
  polling ||= setInterval(() => document.body.dispatchEvent(new Event("desk:poll")), POLL_MS);
});
document.body.addEventListener("htmx:sseMessage", ({ detail, target }) => {
  if (detail.type === "queue") {
    const text = target.querySelector(".counts")?.dataset.say ?? "";
    if (part("say-politely").textContent !== text) part("say-politely").textContent = text;
    tick();
  }
  if (detail.type === "turn") tidy();
});

// A line may come twice: with the page and with the stream.
function tidy() {
  const seen = new Set();
  const list = part("transcript");
  list?.querySelectorAll("li").forEach((line) => {
    if (seen.has(line.id)) line.remove();
    seen.add(line.id);
  });
  if (list) list.scrollTop = list.scrollHeight;
}

// Hands

document.addEventListener("keydown", onKey);
document.addEventListener("pointerdown", touched);
document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.id === "accept") accept();
  if (button.id === "decline") phone.hangUp();
  if (button.id === "mute") {
    phone.mute(!phone.muted);
    showMute();
  }
  if (button.id === "show-help") part("help").showModal();
  if (button.dataset.clip) playClip(button);
  if (button.dataset.close !== undefined) button.closest("dialog")?.close();
  if (button.id === "status-ready" && window.Notification?.permission === "default") Notification.requestPermission();
});
// A second press within a second ends nothing: by then it may be another caller.
document.body.addEventListener("htmx:confirm", (event) => {
  if (event.target.id !== "end") return;
  if (Date.now() - lastEnd < THROTTLE_MS) event.preventDefault();
  else lastEnd = Date.now();
});
document.addEventListener("input", ({ target }) => {
  if (target.id === "find") filter();
  if (target.id === "single-keys") localStorage.setItem("desk-single-keys", target.checked ? "on" : "off");
});

window.addEventListener("beforeunload", (event) => {
  if (phone.live) event.preventDefault();
});

part("single-keys").checked = singleKeys();
look();
setInterval(tick, 500);
setInterval(heartbeat, HEARTBEAT_MS);
setInterval(mindIdleness, 5_000);
heartbeat();
phone.start();
