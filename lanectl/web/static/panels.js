// The lists and tables below the lane. Ages count up by themselves; the rest is built anew only when it changed.

import { age, element, renew } from "./elements.js";
import { ahead } from "./lane.js";
import { clause, happening, word } from "./words.js";

const MARKS = { 1: "■", 2: "▲", 3: "●" };

export function panels(status, lang, clock) {
  notices(status);
  waits(status);
  alarms(status, lang, clock);
  trucks(status, lang);
  plates(status, lang);
  events(status, lang, clock);
  units(status, lang);
  tally(status, lang);
}

const at = (id) => document.getElementById(id);

function notices(status) {
  const shown = [];
  if (!status.clearance_needed) shown.push(word("page.clearance_off"));
  if (!status.weight_needed) shown.push(word("page.weight_off"));
  if (!status.container_needed) shown.push(word("page.container_off"));
  if (!status.journal_writable) shown.push(word("page.journal_stopped"));
  if (status.speed !== 1) shown.push(word("page.speed", { speed: status.speed }));
  renew(at("notices"), shown, () => shown.map((text) => element("span", { class: "notice" }, text)));
}

// A truck that still drives does not wait yet, even when it may not go further than it has been told.
const held = (truck) => truck.waits && truck.state !== "DRIVES" && ["LANE", "APPROACH"].includes(truck.place);

function waits(status) {
  const sentences = status.trucks
    .filter(held)
    .map((truck) => [word("page.waits", { truck: truck.name, why: clause(truck.waits) }), truck.waits.mend]);
  renew(at("waits"), sentences, () => sentences.map(([text, mend]) => element("li", {}, text, mend ? mendLine(mend) : null)));
}

function alarms(status, lang, clock) {
  at("alarm-count").textContent = status.alarms.length || "";
  const shown = [lang, status.alarms.map((alarm) => [alarm.code, alarm.subject, alarm.params, alarm.mend])];
  renew(at("alarms"), shown, () => status.alarms.length
    ? status.alarms.map((alarm) => alarmItem(alarm, status, clock))
    : [element("li", { class: "none" }, word("page.no_alarms"))]);
}

function alarmItem(alarm, status, clock) {
  const text = (part) => word(`alarm.${alarm.code}.${part}`, alarm.params);
  const priority = word("page.priority", { priority: alarm.priority });
  const mark = element("span", { class: "mark", role: "img", "aria-label": priority, title: priority }, `${MARKS[alarm.priority]}${alarm.priority}`);
  const began = clock(Date.parse(status.wall_utc) - (alarm.age_s * 1000) / status.speed);
  return element("li", { class: `alarm p${alarm.priority}` },
    element("p", { class: "what" }, mark, " ", text("what")),
    element("p", { class: "since" }, word("page.since", { time: began }), " · ", age(`alarm ${alarm.code} ${alarm.subject}`)),
    element("p", {}, element("b", {}, word("page.cause")), ": ", text("cause")),
    element("p", {}, element("b", {}, word("page.action")), ": ", text("action")),
    alarm.mend ? mendLine(alarm.mend) : null);
}

function mendLine(command) {
  const button = element("button", { type: "button", class: "copy" }, word("page.copy"));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(command);
    button.textContent = word("page.copied");
  });
  return element("p", { class: "mend" }, element("code", { lang: "en" }, command), navigator.clipboard ? button : null);
}

function trucks(status, lang) {
  const shown = [lang, status.trucks.map(({ age_s, from_m, to_m, ...rest }) => rest)];
  renew(at("trucks"), shown, () => {
    const columns = ["truck", "plate", "where", "state", "age", "authority", "cleared_by"];
    const head = element("thead", {}, element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, word(`page.${name}`)))));
    const present = status.trucks.filter((truck) => truck.place !== "AWAY");
    const away = status.trucks.filter((truck) => truck.place === "AWAY");
    const bodies = [...present, ...away].map((truck) => truckRows(truck, status, lang));
    const none = element("tbody", {}, element("tr", {}, element("td", { colspan: columns.length, class: "none" }, word("page.no_trucks"))));
    return [head, ...(bodies.length ? bodies : [none])];
  });
}

function truckRows(truck, status, lang) {
  const gate = status.gates[(truck.place === "BEYOND") === (ahead(status) > 0) ? 1 : 0];
  const where = word(`place.${truck.place}`, { gate: gate.title[lang] ?? gate.name, sections: truck.sections.join(", ") || "–" });
  const state = word(`truck_state.${truck.state}`) + (truck.sweeping ? ` · ${word("page.sweeping")}` : "");
  const abnormal = !["DRIVES", "STANDS", "WAITS", "OFFLINE"].includes(truck.state);
  const cell = (name, ...content) => element("td", { "data-label": word(`page.${name}`) }, element("span", {}, ...content));
  const row = element("tr", {},
    element("th", { scope: "row" }, truck.name),
    cell("plate", element("span", { class: "plate-text" }, truck.plate || "–")),
    cell("where", where),
    cell("state", element("span", { class: abnormal ? "abnormal" : "" }, abnormal ? `! ${state}` : state)),
    cell("age", age(`truck ${truck.name}`), truck.stale && truck.place !== "AWAY" ? element("span", { class: "stale-mark" }, ` ${word("page.stale")}`) : null),
    cell("authority", truck.authority || "–"),
    cell("cleared_by", ...standings(truck)));
  const why = held(truck) ? [element("tr", { class: "why" },
    element("td", { colspan: 7 }, word("page.waits", { truck: truck.name, why: clause(truck.waits) })))] : [];
  return element("tbody", { class: truck.place.toLowerCase() }, row, ...why);
}

function standings(truck) {
  if (!truck.standings.length) return ["–"];
  return truck.standings.map(({ authority, standing }) =>
    element("span", { class: `standing ${standing.toLowerCase()}`, title: `${word(`authority.${authority}`)}: ${word(`standing.${standing}`)}` },
      `${authority} ${standing === "CLEARED" ? "✓" : "✕"} `));
}

function plates(status, lang) {
  const weights = Object.fromEntries(status.weights.map(({ gate, weight_kg, why }) => [gate, [weight_kg, why]]));
  const reads = status.gates.filter((gate) => gate.plate || gate.reading_plate);
  const shown = [lang, weights, reads.map((gate) => [gate.name, gate.reading_plate, gate.sights, gate.plate && { ...gate.plate, age_s: 0, score: gate.plate.score.toFixed(2) }])];
  renew(at("plates"), shown, () => reads.length
    ? reads.map((gate) => plateCard(gate, weights[gate.name], lang))
    : [element("p", { class: "none" }, word("page.no_plate"))]);
}

// Who it may be, the likeliest first; a person says it on the command line, with name and pin.
function candidates(gate) {
  const { match, current } = gate.plate;
  if (match !== "UNSURE" || !current || !gate.plate.candidates.length) return null;
  return element("div", { class: "candidates" },
    element("p", {}, word("page.candidates")),
    element("ol", {}, ...gate.plate.candidates.map(({ truck, plate, score }) => element("li", {},
      element("span", { class: "plate-text", lang: /[\u4e00-\u9fff]/.test(plate) ? "zh-CN" : null }, plate), ` ${truck} · ${(100 * score).toFixed(1)} % `,
      mendLine(`lanectl plate confirm ${gate.name} --truck ${truck} --reason WHY`)))));
}

// What is needed at the rear or on the container and was not read for sure: its picture, who it may be, and the command to fill in.
function doubts(gate) {
  const waiting = gate.sights.filter(({ waits }) => waits);
  return waiting.map(({ sight, read, candidates, evidence }) => element("div", { class: "candidates" },
    element("p", {}, `${word(`sight.${sight}`)} ${read || "– – –"}: ${word("page.sight_unread")}`),
    evidence && "pictures" in document.documentElement.dataset ? element("img", { src: `/evidence/${evidence}`, alt: word("page.frame", { evidence: evidence.slice(0, 8) }) }) : null,
    element("p", { class: "note" }, candidates.map(({ truck, plate, score }) => `${plate} ${truck} · ${(100 * score).toFixed(1)} %`).join(" · ")),
    mendLine(`lanectl plate confirm ${gate.name} --truck WHICH --sight ${sight} --text WHAT --reason WHY`)));
}

// What else was read of the truck that stands there, and what it weighs.
function seenBeside(gate, weight) {
  const lines = gate.sights.map(({ sight, text }) => `${word(`sight.${sight}`)}: ${text || "– – –"}`);
  if (weight) lines.push(`${word("page.weight")}: ${weight[0] === null ? word(`no_weight.${weight[1]}`) : `${weight[0]} kg`}`);
  return lines.length ? element("p", { class: "note" }, lines.join(" · ")) : null;
}

function plateCard(gate, weight, lang) {
  const head = element("p", { class: "plate-gate" }, gate.title[lang] ?? gate.name, gate.reading_plate ? ` · ${word("page.reading_plate")} …` : "");
  if (!gate.plate) return element("div", { class: "plate-card" }, head, ...doubts(gate));
  const { match, plate, truck, score, evidence, current } = gate.plate;
  const picture = evidence && "pictures" in document.documentElement.dataset;
  return element("div", { class: `plate-card ${match.toLowerCase()}${current ? "" : " past"}` }, head,
    picture ? element("img", { src: `/evidence/${evidence}`, alt: word("page.frame", { evidence: evidence.slice(0, 8) }) }) : null,
    element("p", { class: "plate-plate", lang: /[\u4e00-\u9fff]/.test(plate) ? "zh-CN" : null }, plate || "– – –"),
    element("p", { class: "plate-match" }, [word(`match.${match}`), truck].filter(Boolean).join(" · ")),
    element("p", { class: "note" }, word("page.score", { score: score.toFixed(2) }), " · ", age(`plate ${gate.name}`),
      evidence ? ` · ${word("page.frame", { evidence: evidence.slice(0, 8) })}` : ""),
    seenBeside(gate, weight),
    candidates(gate),
    ...doubts(gate));
}

function events(status, lang, clock) {
  const shown = status.events.slice(0, 14);
  renew(at("events"), [lang, shown], () => shown.length
    ? shown.map((event) => element("li", { class: event.why ? "refused" : "" },
        element("time", { datetime: event.wall_utc }, clock(Date.parse(event.wall_utc))), " ", happening(event)))
    : [element("li", { class: "none" }, word("page.no_events"))]);
}

function units(status, lang) {
  const shown = [lang, status.units.map(({ age_s, ...rest }) => rest)];
  renew(at("units"), shown, () => status.units.map((unit) => {
    const words = [word(unit.linked ? "page.linked" : "page.not_linked")];
    if (unit.signals && unit.linked) words.push(word(unit.tripped ? "page.tripped" : unit.armed ? "page.armed" : "page.not_armed"));
    if (unit.signals && unit.linked && unit.armed && unit.proved) words.push(word("page.proved"));
    const bad = !unit.linked || unit.tripped || (unit.signals && !(unit.armed && unit.proved));
    return element("li", { class: bad ? "abnormal" : "" }, element("b", {}, `${bad ? "! " : ""}${unit.name}`), ` ${words.join(", ")} `, age(`unit ${unit.name}`));
  }));
}

function tally(status, lang) {
  const { crossings, median_crossing_s, plates_matched, plates_other, refused_acts } = status.tally;
  const reads = plates_matched + plates_other;
  const facts = [
    [word("page.crossings"), crossings],
    [word("page.median_crossing"), median_crossing_s === null ? "–" : word("page.seconds", { value: median_crossing_s })],
    [word("page.plates_without_help"), reads ? `${((100 * plates_matched) / reads).toFixed(1)} %` : "–"],
    [word("page.refused_acts"), refused_acts],
    [word("page.configuration", { sha: status.configuration.slice(0, 8) || "–" }), ""],
  ];
  renew(at("tally"), [lang, facts], () => facts.map(([name, value]) => element("span", {}, `${name} `, element("b", {}, String(value)))));
}
