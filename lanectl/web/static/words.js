// Keys and parameters -> words of the chosen language, by the same rules as lanectl/wording.

let table = {};

export async function load(lang) {
  const answer = await fetch(`/words/${lang}.json`);
  if (!answer.ok) throw new Error(`no words in ${lang}`);
  table = await answer.json();
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
