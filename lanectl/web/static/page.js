// Holds the newest status, keeps its age in sight, and greys the picture when it is too old to be believed.

import { agesOf, element, renew } from "./elements.js";
import { listen } from "./events.js";
import { draw, place } from "./lane.js";
import { panels } from "./panels.js";
import { load, tag, word } from "./words.js";

const SERVICE_MARKS = { OPEN: "◉", DRAINING: "◎", CLOSED: "○", OUT_OF_SERVICE: "⊘", COMMISSIONING: "◇", EMERGENCY_STOP: "■" };
const STALE_S = 2; // eight statuses missed
const root = document.documentElement;
const svg = document.getElementById("lane");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

let status = null;
let ages = new Map();
let heardAt = 0; // when the controller said it, on this browser's clock of milliseconds since the page was opened
let serverHears = true;
let serverGone = false;
let lang = root.dataset.lang;
let drawnFor = "";

function heard(envelope) {
  serverHears = envelope.connected;
  status = envelope.status;
  heardAt = performance.now() - envelope.held_s * 1000;
  ages = agesOf(status);
  render();
  root.dataset.seq = status.seq;
}

function render() {
  if (!status) return;
  const name = status.title[lang] ?? status.name;
  document.title = `${name} · ${word("page.title")}`;
  document.getElementById("title").textContent = name;
  const service = document.getElementById("service");
  service.textContent = `${SERVICE_MARKS[status.service]} ${word(`service.${status.service}`)}`;
  service.dataset.service = status.service;
  document.getElementById("direction").textContent = word(`direction.${status.direction}`);
  panels(status, lang, clock);
  drawWhenChanged();
}

// The picture is drawn anew when something in it changed; in between, trucks only glide.
function drawWhenChanged() {
  const strip = ({ boom_age_s, aspect_age_s, plate, ...rest }) => rest;
  const shown = JSON.stringify([lang, svg.clientWidth, status.direction, status.sections, status.gates.map(strip),
    status.detectors.map(({ name, reading }) => [name, reading]),
    status.trucks.map(({ name, place: where, state, from_m, to_m }) => [name, where, state, from_m, to_m])]);
  if (shown === drawnFor) return;
  drawnFor = shown;
  draw(svg, status, lang);
}

const age_s = () => (performance.now() - heardAt) / 1000;

// A time of day at the entry gate's bank, with the name of its zone.
function clock(ms) {
  const zone = status.gates[0].time_zone;
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium" }).format(ms) + ` ${offset(zone, ms)}`;
}

function offset(zone, ms) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(ms);
  return parts.find((part) => part.type === "timeZoneName").value.replace("GMT", "UTC");
}

function showTimes() {
  const now = Date.parse(status.wall_utc) + age_s() * 1000;
  const times = document.getElementById("times");
  const text = status.gates.map((gate) => {
    const time = new Intl.DateTimeFormat("en-GB", { timeZone: gate.time_zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(now);
    return [gate.title[lang] ?? gate.name, `${time} ${offset(gate.time_zone, now)}`];
  });
  renew(times, text, () => text.map(([name, time]) => element("div", {}, element("dt", {}, name), element("dd", {}, time))));
}

function showAge() {
  const lost = document.getElementById("lost");
  if (!status) {
    const silent = serverGone || !serverHears || performance.now() > STALE_S * 1000;
    lost.hidden = !silent;
    lost.textContent = silent ? word("page.no_picture") : "";
    return;
  }
  const stale = serverGone || !serverHears || age_s() > STALE_S;
  document.body.className = stale ? "stale" : "live";
  lost.hidden = !stale;
  if (stale) lost.textContent = `■ ${word(serverGone ? "page.lost_server" : "page.lost_controller", { age: Math.floor(age_s()) })}`;
  document.getElementById("data-age").textContent = word("page.data_age", { age: age_s().toFixed(1) });
  showTimes();
  for (const shown of document.querySelectorAll("[data-age]")) {
    const base = ages.get(shown.dataset.age);
    const seconds = (base ?? 0) + age_s() * status.speed;
    shown.textContent = base === null || base === undefined ? word("page.never") : word("page.seconds", { value: seconds < 10 ? seconds.toFixed(1) : Math.round(seconds) });
  }
}

let lastFrame = performance.now();
function glide(now) {
  const passed_s = Math.min(0.25, (now - lastFrame) / 1000);
  lastFrame = now;
  if (status && !calm.matches && document.body.className === "live") place(svg, status, passed_s);
  requestAnimationFrame(glide);
}

async function speak(chosen) {
  await load(chosen);
  lang = chosen;
  root.dataset.lang = chosen;
  root.lang = tag();
  localStorage.setItem("lanectl-lang", chosen);
  for (const fixed of document.querySelectorAll("[data-word]")) fixed.textContent = word(fixed.dataset.word);
  for (const button of document.querySelectorAll("nav button[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === chosen));
  delete document.getElementById("notices").dataset.shown;
  render();
  showAge();
}

for (const button of document.querySelectorAll("nav button[data-lang]")) button.addEventListener("click", () => speak(button.dataset.lang));
window.addEventListener("resize", render);
const asked = new URLSearchParams(location.search).has("lang");
await speak((!asked && localStorage.getItem("lanectl-lang")) || lang);
listen((kind, data) => {
  serverGone = kind === "gone";
  if (kind === "link") serverHears = data;
  if ((kind === "status" || (kind === "before" && !status)) && data.status) heard(data);
  showAge();
});
setInterval(showAge, 250);
requestAnimationFrame(glide);
