// Elements in one line each. Text is always set as text: nothing that a truck or a camera says can become markup.

const SVG = "http://www.w3.org/2000/svg";

export const element = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);

export const shape = (tag, attributes = {}, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// Builds anew only when what it shows has changed, so that focus and selection stay where people put them.
export function renew(container, shown, build) {
  const signature = JSON.stringify(shown);
  if (container.dataset.shown === signature) return;
  container.dataset.shown = signature;
  container.replaceChildren(...build());
}

// An age that counts up by itself; `key` finds its newest value.
export const age = (key) => element("span", { class: "age", "data-age": key });

export function agesOf(status) {
  const ages = new Map();
  for (const truck of status.trucks) ages.set(`truck ${truck.name}`, truck.age_s);
  for (const unit of status.units) ages.set(`unit ${unit.name}`, unit.age_s);
  for (const alarm of status.alarms) ages.set(`alarm ${alarm.code} ${alarm.subject}`, alarm.age_s);
  for (const gate of status.gates) {
    ages.set(`boom ${gate.name}`, gate.boom_age_s);
    ages.set(`aspect ${gate.name}`, gate.aspect_age_s);
    if (gate.plate) ages.set(`plate ${gate.name}`, gate.plate.age_s);
  }
  return ages;
}
