// The recorder: words to read, a recording of them by the phone page's own microphone, and what is kept of it.
// All words are in the template's data- attributes.

import { HandsetAudio } from "./phone-audio.js";

const RATE = 8000;
const LONGEST_MS = 15_000;
const FROM_PAGE = { "X-From-Page": "recorder" };

const recorder = document.getElementById("recorder");
const words = recorder.dataset;
const part = (id) => document.getElementById(id);
const audio = new HandsetAudio(words.worklet);

let tasks = [];
let at = 0;
let round = Date.now() % 1_000_000_000;
let frames = null; // of the recording that goes on
let take = null; // Int16Array of the last one
let timer = 0;

part("terms").addEventListener("submit", async (event) => {
  event.preventDefault();
  part("terms-problem").hidden = true;
  try {
    tell(words.textAsking);
    await audio.open();
    await audio.listen(hear);
  } catch {
    part("terms-problem").textContent = words.textNoMic;
    part("terms-problem").hidden = false;
    return;
  }
  part("terms").hidden = true;
  part("reading").hidden = false;
  await nextRound();
});

async function nextRound() {
  round += 1;
  tasks = await (await fetch(`/phone/recorder/tasks?seed=${round}`)).json();
  at = 0;
  show();
}

function show() {
  take = null;
  part("review").hidden = true;
  part("problem").hidden = true;
  const task = tasks[at];
  part("record").disabled = !task;
  part("skip").textContent = task ? words.textSkip : words.textRound;
  part("words").textContent = task ? task.text : "";
  part("progress").textContent = task ? `${at + 1} / ${tasks.length}` : "";
  tell(task ? words.textReady : words.textDone);
  part("words").focus();
}

// Recording

function hear(sound, peak) {
  part("level").style.transform = `scaleX(${Math.min(1, peak * 2)})`;
  frames?.push(new Int16Array(sound));
}

function start() {
  frames = [];
  take = null;
  part("review").hidden = true;
  part("problem").hidden = true;
  record(true);
  timer = setTimeout(stop, LONGEST_MS);
}

function stop() {
  if (!frames) return;
  clearTimeout(timer);
  take = joined(frames);
  frames = null;
  record(false);
  URL.revokeObjectURL(part("sound").src);
  part("sound").src = URL.createObjectURL(new Blob([wav(take)], { type: "audio/wav" }));
  part("review").hidden = false;
  tell(words.textListen);
  part("keep").focus();
}

function record(on) {
  part("record").textContent = on ? words.textStop : words.textStart;
  part("record").classList.toggle("on", on);
  part("skip").disabled = on;
  if (on) tell(words.textRecording);
}

function joined(pieces) {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    all.set(piece, place);
    place += piece.length;
  }
  return all;
}

function wav(samples) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (place, letters) => [...letters].forEach((letter, i) => view.setUint8(place + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, sample, true));
  return view.buffer;
}

// Keeping

async function keep() {
  part("keep").disabled = true;
  try {
    await sent();
  } catch {
    complain(words.textLost);
  } finally {
    part("keep").disabled = false;
  }
}

async function sent() {
  const { grammar, text } = tasks[at];
  const body = { speaker: part("speaker").value, grammar, text, consent: words.consent, sound: base64(take) };
  const headers = { ...FROM_PAGE, "Content-Type": "application/json" };
  const answer = await fetch("/phone/recorder/takes", { method: "POST", headers, body: JSON.stringify(body) });
  const { file, problem } = await answer.json();
  if (problem) return complain(words[`problem${problem[0].toUpperCase()}${problem.slice(1)}`]);
  list(file, text);
  at += 1;
  show();
  tell(`${words.textKept}: ${file}`);
}

function base64(samples) {
  const bytes = new Uint8Array(samples.buffer);
  let text = "";
  for (let place = 0; place < bytes.length; place += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(place, place + 0x8000));
  }
  return btoa(text);
}

function list(file, text) {
  const item = document.createElement("li");
  const what = item.appendChild(document.createElement("span"));
  what.textContent = `${file}: ${text}`;
  const button = item.appendChild(document.createElement("button"));
  button.type = "button";
  button.textContent = "✕";
  button.setAttribute("aria-label", `${words.textRemove} ${file}`);
  button.addEventListener("click", () => discard(file, item));
  part("kept").prepend(item);
  count();
}

async function discard(file, item) {
  await fetch(`/phone/recorder/takes/${encodeURIComponent(file)}`, { method: "DELETE", headers: FROM_PAGE });
  item.remove();
  count();
  tell(`${words.textDiscarded}: ${file}`);
}

function count() {
  part("count").textContent = part("kept").childElementCount;
}

function complain(text) {
  part("problem").textContent = text;
  part("problem").hidden = false;
}

function tell(text) {
  part("state").textContent = text;
}

part("record").addEventListener("click", () => (frames ? stop() : start()));
part("again").addEventListener("click", start);
part("keep").addEventListener("click", keep);
part("skip").addEventListener("click", () => {
  if (at >= tasks.length) return nextRound();
  at += 1;
  show();
});
