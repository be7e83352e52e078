// What every part of the sandbox shares: the page, the session, and how to ask our own pages.
// Fragments of HTML come from the service, which escapes whatever is in a record; nothing here makes HTML of text.

import { issues } from "./sandbox-call.js";

export const page = document.getElementById("sandbox");
export const root = page.dataset.root;
export const services = Object.fromEntries(page.dataset.services.split(" ").map((each) => each.split("=")));
export const at = (id) => document.getElementById(id);

export const session = { request: undefined, drafts: undefined, order: undefined, dirty: false, answer: undefined, sent: undefined, given: {}, shown: {}, turn: 0 };

export async function ask(path, body, type = "application/json") {
  const response = await fetch(`${root}/sandbox/${path}?as=${encodeURIComponent(session.sent?.issuer ?? "")}`, { method: "POST", headers: { "Content-Type": type }, body });
  if (response.ok) return response;
  const said = await response.json().catch(() => undefined);
  throw Object.assign(new Error(issues(said).join("; ") || `status ${response.status}`), { faults: said?.faults });
}
export const askHtml = async (path, value) => (await ask(path, JSON.stringify(value))).text();
export const askJson = async (path, value) => (await ask(path, JSON.stringify(value))).json();

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function failure(title, lines) {
  const list = element("ul", {}, ...lines.map((line) => element("li", {}, line)));
  return element("div", { class: "notice critical", "data-failure": true },
    element("p", {}, element("strong", {}, title)), ...(lines.length ? [list] : []));
}

export const say = (text) => { at("status").textContent = text; };

/** What was answered, in a line, where the answer itself may be out of sight. */
export function tell(text) {
  say(text);
  at("jump").textContent = `${text} ↓`;
  at("jump").hidden = false;
}
