// Keys and parameters -> words of the chosen language, by the same rules as lanectl/wording.

let table = {};

const RETRY_MS = 1000;

// Goes on asking: without words the page is mute, and its server may just be starting.
export async function load(lang) {
  for (;;) {
    const answer = await fetch(`/words/${lang}.json`).catch(() => null);
    if (answer?.ok) {
      table = await answer.json();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

export function word(key, params = {}) {
  const template = table[key];
  if (template === undefined) {
    return [key, ...Object.entries(params).map(([name, value]) => `${name}=${value}`)].join(" ");
  }
  return template.replace(/\{([a-z_0-9]+)\}/g, (_, name) => {
    const value = String(params[name] ?? "?");
    return table[`${name}.${value}`] ?? value;
  });
}

export const clause = (why) => word(`refusal.${why.code}`, why.params);

export const tag = () => table["language.tag"] ?? "en";

export function happening(event) {
  const text = word(`event.${event.code}`, event.params).replace(/\s+/g, " ");
  return event.why ? `${text}: ${clause(event.why)}` : text;
}
