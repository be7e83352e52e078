// The draft orders on the page: the form of one of them, and the list where there are several.

import { reference } from "./sandbox-drafts.js";
import { fields, wire } from "./sandbox-form.js";
import { askJson, at, element, session } from "./sandbox-page.js";

/** The order is no longer the one that was asked about: its answer must not be acted on. */
export function changed() {
  session.dirty = true;
  at("stale").hidden = session.sent === undefined;
  for (const each of at("cards").querySelectorAll("[data-accept]")) each.disabled = true;
}

export function showForm(html) {
  if (html !== undefined) at("order").innerHTML = html;
  const form = at("order").querySelector("form");
  session.order = form ? `ServiceRequest/${form.dataset.order}` : undefined;
  session.dirty = false;
  wire(at("order"), changed);
  showDrafts();
}

export async function openOrder(name, asked = {}) {
  const patientId = session.request.context.patientId;
  const draft = name === undefined ? undefined : session.drafts.find(name);
  const { draft: made, html } = await askJson("order", { patientId, ...(draft ? { draft } : {}), ...asked });
  session.drafts.put(made);
  showForm(html);
}

/** Writes what was filled in into the draft. */
export async function takeForm() {
  const form = at("order").querySelector("form");
  if (!form || !session.dirty) return;
  const wasSelected = session.drafts.selected.has(session.order);
  await openOrder(session.order, { fields: fields(form) });
  session.drafts.select(session.order, wasSelected);
}

export async function addOrder() {
  if (!session.request) throw new Error("choose a patient first");
  await takeForm();
  const authored = at("authored")?.value || new Date().toISOString().slice(0, 10);
  await openOrder(undefined, { new: session.drafts.freeId(), authored });
  changed();
  at("study-search").focus();
}

async function removeOrder(name) {
  session.drafts.remove(name);
  await openAny(session.order === name ? undefined : session.order);
  changed();
  at("order-heading").focus();
}

/** Opens this order, or whichever is left. */
export async function openAny(name) {
  const left = session.drafts.orders.map(reference);
  const next = left.includes(name) ? name : left[0];
  if (next !== undefined) return openOrder(next);
  at("order").replaceChildren(element("p", { class: "muted" }, "No draft order is left. Add one to ask the service about it."));
  return showForm();
}

function showDrafts() {
  const place = at("drafts");
  const all = session.drafts?.all ?? [];
  place.hidden = all.length < 2;
  place.replaceChildren(element("ul", { class: "plain-list drafts", "aria-label": "Draft orders of this session" },
    ...all.map((resource) => draftRow(resource))));
}

function draftRow(resource) {
  const name = reference(resource);
  const words = resource.code?.text ?? resource.code?.coding?.[0]?.display ?? resource.medicationCodeableConcept?.text ?? name;
  const select = element("input", { type: "checkbox" });
  select.checked = session.drafts.selected.has(name);
  select.addEventListener("change", () => { session.drafts.select(name, select.checked); changed(); });
  const open = element("button", { type: "button", class: "quiet slim draft-name", "aria-pressed": String(name === session.order) }, String(words));
  open.disabled = resource.resourceType !== "ServiceRequest";
  open.addEventListener("click", async () => {
    const dirty = session.dirty;
    await takeForm();
    await openAny(name);
    if (dirty) changed();
  });
  const remove = element("button", { type: "button", class: "quiet slim", "aria-label": `Remove ${words}` }, "✕");
  remove.addEventListener("click", () => removeOrder(name));
  return element("li", {}, open, element("label", { class: "choice small" }, select, " selected"), remove);
}
