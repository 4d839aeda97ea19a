// The lane as a picture, drawn to the width there is: grey when normal, colour only for what is not.

import { shape } from "./elements.js";
import { word } from "./words.js";

const ROAD_TOP = 92;
const ROAD_HEIGHT = 34;
const ROAD_BOTTOM = ROAD_TOP + ROAD_HEIGHT;
const HEIGHT = 212;
const BEFORE_M = 90; // room drawn before the entry boom, for trucks that wait
const AFTER_M = 80;
const QUEUE_GAP_M = 6;
const QUEUE_MAX = 3; // trucks drawn before the gate; the last of them counts those behind it
const TRUCK_WIDTH_MIN = 15; // pixels, so that a truck on a telephone is still one
const LABEL_ROWS = [ROAD_TOP - 12, ROAD_TOP - 30];
const NARROW = 700; // pixels; below, names stand where there is room, not where their thing is

let scale = { x: () => 0, perM: 1, narrow: false, width: 0 };
let placed = new Map(); // truck name -> where it is drawn, in metres
let behind = new Map(); // truck name -> how far behind the gate it queues, in metres

// 1 where trucks drive from left to right, -1 where the lane is set the other way.
export const ahead = (status) => (status.direction === status.listed_direction ? 1 : -1);

export function draw(svg, status, lang) {
  const width = Math.max(320, Math.round(svg.clientWidth || svg.parentElement.clientWidth));
  const first = status.sections[0].from_m;
  const last = status.sections[status.sections.length - 1].to_m;
  const perM = width / (last - first + BEFORE_M + AFTER_M);
  scale = { x: (m) => (m - first + BEFORE_M) * perM, perM, narrow: width < NARROW, width };
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  svg.setAttribute("height", HEIGHT);
  svg.replaceChildren(
    patterns(),
    shape("rect", { class: "road", x: 0, y: ROAD_TOP, width, height: ROAD_HEIGHT }),
    ...status.sections.map((section) => sectionShape(section)),
    borderShape(status.border_m),
    ...detectorShapes(status),
    ...status.gates.map((gate, index) => signalShape(gate, scale.x(gate.at_m) + outward(index) * 20, 20)),
    shape("g", { id: "drawn-trucks" }),
    ...status.gates.map((gate, index) => gateShape(gate, index, lang)),
  );
  drawTrucks(svg, status);
}

function patterns() {
  const hatch = (id, klass) =>
    shape("pattern", { id, width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      shape("rect", { class: klass, width: 3, height: 8 }));
  return shape("defs", {}, hatch("hatch", "hatch-suspect"), hatch("hatch-grey", "hatch-grey"));
}

function sectionShape(section) {
  const x = scale.x(section.from_m);
  const width = scale.x(section.to_m) - x;
  const middle = x + width / 2;
  const suspect = section.state === "SUSPECT";
  const note = suspect ? (scale.narrow ? "?" : word("state.SUSPECT"))
    : section.locked_for ? (scale.narrow ? section.locked_for : word("page.locked_for", { truck: section.locked_for })) : "";
  return shape("g", { class: `section ${section.state.toLowerCase()}` },
    shape("title", {}, [section.name, word(`state.${section.state}`), note].join(" ")),
    shape("rect", { class: "bed", x: x + 1, y: ROAD_TOP, width: width - 2, height: ROAD_HEIGHT }),
    suspect ? shape("rect", { fill: "url(#hatch)", x: x + 1, y: ROAD_TOP, width: width - 2, height: ROAD_HEIGHT }) : null,
    section.locked_for ? shape("path", { class: "locked", d: `M${x + 3} ${ROAD_BOTTOM + 8}v-4H${x + width - 3}v4` }) : null,
    section.state === "OCCUPIED" ? shape("rect", { class: "occupied-bar", x: x + 3, y: ROAD_BOTTOM - 5, width: width - 6, height: 4 }) : null,
    shape("text", { class: "name", x: middle, y: ROAD_BOTTOM + 22 }, section.name),
    note ? shape("text", { class: suspect ? "note suspect" : "note", x: middle, y: ROAD_BOTTOM + 37 }, note) : null,
  );
}

function borderShape(at_m) {
  const x = scale.x(at_m);
  return shape("g", { class: "border" },
    shape("line", { x1: x, x2: x, y1: ROAD_TOP - 6, y2: ROAD_BOTTOM + 46 }),
    shape("text", { x, y: ROAD_BOTTOM + 60 }, word("page.border")));
}

function detectorShapes(status) {
  const groups = new Map(); // a point's detectors stand at its section boundary: "P3-a" at P3
  for (const detector of status.detectors) {
    const point = detector.name.replace(/-[^-]*$/, "");
    groups.set(point, [...(groups.get(point) ?? []), detector]);
  }
  return status.sections.slice(1).flatMap((section, index) => {
    const detectors = groups.get(`P${index + 1}`) ?? [];
    return detectors.map((detector, place) => {
      const x = scale.x(section.from_m) + (place ? 1.5 : -4.5);
      return shape("rect", { class: `detector ${detector.reading.toLowerCase()}`, x, y: ROAD_TOP + 3, width: 3, height: 8 },
        shape("title", {}, `${detector.name} ${word(`reading.${detector.reading}`)}`));
    });
  });
}

const outward = (index) => (index === 0 ? -1 : 1);

function gateShape(gate, index, lang) {
  const x = scale.x(gate.at_m);
  const abnormal = gate.fault ? word("page.fault") : gate.locked_out ? word("page.locked_out") : gate.local ? word("page.local") : "";
  const lines = [["gate-name", gate.title[lang] ?? gate.name], ["boom-word", word(`boom.${gate.boom}`)], ["abnormal", abnormal]];
  const entry = index === 0;
  const edge = scale.narrow ? (entry ? 2 : scale.width - 2) : x + outward(index) * 12;
  const side = entry === scale.narrow ? "starts" : "ends";
  const first = ROAD_BOTTOM + (scale.narrow ? 56 : 24);
  return shape("g", { class: `gate boom-${gate.boom.toLowerCase()}${gate.fault || gate.locked_out ? " faulty" : ""}` },
    shape("rect", { class: "post", x: x - 5, y: ROAD_BOTTOM + 2, width: 10, height: 12 }),
    armShape(gate.boom, x, outward(index)),
    ...lines.map(([kind, text], row) => shape("text", { class: `${kind} ${side}`, x: edge, y: first + row * 14 }, text)));
}

function armShape(boom, x, side) {
  const from = ROAD_BOTTOM + 4;
  const ends = { DOWN: [x, ROAD_TOP - 6], UP: [x + side * (scale.narrow ? 24 : 34), from + 5], MOVING: [x + side * 26, ROAD_TOP + 14], UNKNOWN: [x, ROAD_TOP - 6] };
  const [toX, toY] = ends[boom];
  return shape("g", { class: "arm" },
    shape("line", { class: "arm-edge", x1: x, y1: from, x2: toX, y2: toY }),
    shape("line", { class: "arm-line", x1: x, y1: from, x2: toX, y2: toY }),
    boom === "UNKNOWN" ? shape("text", { class: "unknown", x: x - side * 10, y: ROAD_TOP - 2 }, "?") : null);
}

function signalShape(gate, x, y) {
  const heads = {
    STOP: shape("rect", { x: x - 13, y: y - 13, width: 26, height: 26, rx: 3 }),
    PROCEED: shape("circle", { cx: x, cy: y, r: 14 }),
    UNKNOWN: shape("path", { d: `M${x} ${y - 16}l16 16l-16 16l-16 -16z` }),
  };
  return shape("g", { class: `signal ${gate.aspect.toLowerCase()}` },
    shape("title", {}, word(`aspect.${gate.aspect}`)),
    shape("line", { class: "mast", x1: x, x2: x, y1: y + 14, y2: ROAD_TOP }),
    heads[gate.aspect],
    shape("text", { x, y: y + 5 }, word(`aspect_mark.${gate.aspect}`)),
    gate.lamp_failed ? shape("text", { class: "lamp-failed", x: x + 20, y: y + 5 }, "✕") : null);
}

function drawTrucks(svg, status) {
  const queue = status.trucks.filter((truck) => truck.place === "APPROACH");
  const drawnInQueue = queue.slice(0, scale.narrow ? 1 : QUEUE_MAX);
  const shown = status.trucks.filter((truck) => truck.place !== "AWAY" && (truck.place !== "APPROACH" || drawnInQueue.includes(truck)));
  const left = queue.length - drawnInQueue.length;
  behind = new Map();
  let queue_m = 0;
  for (const truck of drawnInQueue) {
    behind.set(truck.name, queue_m);
    queue_m += truck.length_m + QUEUE_GAP_M;
  }
  placed = new Map(shown.map((truck) => [truck.name, placed.get(truck.name) ?? truck.from_m]));
  svg.querySelector("#drawn-trucks").replaceChildren(
    ...shown.map((truck, index) => truckShape(truck, index, ahead(status), left && truck === drawnInQueue[drawnInQueue.length - 1] ? ` +${left}` : "")));
  place(svg, status, 0);
}

function truckShape(truck, index, way, more) {
  const width = Math.max(TRUCK_WIDTH_MIN, truck.length_m * scale.perM);
  const abnormal = !["DRIVES", "STANDS", "WAITS"].includes(truck.state);
  const mark = truck.state === "DRIVES" ? (way > 0 ? " ▶" : " ◀") : truck.state === "WAITS" ? " ‖" : abnormal ? " !" : "";
  const cab = Math.min(7, width / 3);
  const top = ROAD_TOP + 9;
  const row = LABEL_ROWS[index % LABEL_ROWS.length];
  return shape("g", { class: `truck ${truck.state.toLowerCase()}${abnormal ? " abnormal" : ""}`, "data-truck": truck.name },
    shape("title", {}, [truck.name, truck.plate, word(`truck_state.${truck.state}`)].join(" ")),
    shape("line", { class: "leader", x1: -way * width / 2, x2: -way * width / 2, y1: row + 3, y2: top }),
    shape("g", { transform: `scale(${way} 1)` },
      shape("rect", { class: "load", x: -width, y: top, width: width - cab - 1, height: 16, rx: 1 }),
      shape("path", { class: "cab", d: `M${-cab} ${top}h${cab - 3}l3 5v11h${-cab}z` })),
    shape("text", { x: -way * width / 2, y: row }, truck.name + mark + more));
}

// Moves each truck on between what is proved: never beyond its `to_m`. `passed_s` since the last call.
export function place(svg, status, passed_s) {
  const step_m = status.speed_mps_max * status.speed * passed_s;
  const way = ahead(status);
  for (const truck of status.trucks) {
    const drawn = svg.querySelector(`[data-truck="${CSS.escape(truck.name)}"]`);
    if (!drawn) continue;
    const to_m = way * truck.to_m; // counted along the way that is driven
    const at_m = Math.max(way * truck.from_m, way * (placed.get(truck.name) ?? truck.from_m));
    const next_m = way * (truck.state === "DRIVES" ? Math.min(at_m + step_m, to_m) : Math.min(at_m, to_m));
    placed.set(truck.name, next_m);
    drawn.setAttribute("transform", `translate(${scale.x(next_m - way * (behind.get(truck.name) ?? 0)).toFixed(1)} 0)`);
  }
}
