// The sandbox: holds the session as an EHR would, fires the hook over HTTP and shows what comes back.
// Fragments of HTML come from the service, which escapes whatever is in a record; nothing here makes HTML of text.

import { curl, hookInstance, issues, post } from "./sandbox-call.js";
import { Drafts, reference } from "./sandbox-drafts.js";
import { fields, wire } from "./sandbox-form.js";

const page = document.getElementById("sandbox");
const root = page.dataset.root;
const services = Object.fromEntries(page.dataset.services.split(" ").map((each) => each.split("=")));
const at = (id) => document.getElementById(id);

const session = { request: undefined, drafts: undefined, order: undefined, dirty: false, answer: undefined, sent: undefined, given: {}, turn: 0 };

// --- asking our own pages --------------------------------------------------------------------------------------------
async function ask(path, body, type = "application/json") {
  const response = await fetch(`${root}/sandbox/${path}`, { method: "POST", headers: { "Content-Type": type }, body });
  if (response.ok) return response;
  const said = await response.json().catch(() => undefined);
  throw Object.assign(new Error(issues(said).join("; ") || `status ${response.status}`), { faults: said?.faults });
}
const askHtml = async (path, value) => (await ask(path, JSON.stringify(value))).text();
const askJson = async (path, value) => (await ask(path, JSON.stringify(value))).json();

// --- small things ----------------------------------------------------------------------------------------------------
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function failure(title, lines) {
  const list = element("ul", {}, ...lines.map((line) => element("li", {}, line)));
  return element("div", { class: "notice critical", "data-failure": true },
    element("p", {}, element("strong", {}, title)), ...(lines.length ? [list] : []));
}

const say = (text) => { at("status").textContent = text; };

/** What was answered, in a line, where the answer itself may be out of sight. */
function tell(text) {
  say(text);
  at("jump").textContent = `${text} ↓`;
  at("jump").hidden = false;
}

// --- the draft orders ------------------------------------------------------------------------------------------------
/** The order is no longer the one that was asked about: its answer must not be acted on. */
function changed() {
  session.dirty = true;
  at("stale").hidden = session.sent === undefined;
  for (const each of at("cards").querySelectorAll("[data-accept]")) each.disabled = true;
}

function showForm(html) {
  if (html !== undefined) at("order").innerHTML = html;
  const form = at("order").querySelector("form");
  session.order = form ? `ServiceRequest/${form.dataset.order}` : undefined;
  session.dirty = false;
  wire(at("order"), changed);
  showDrafts();
}

async function openOrder(name, asked = {}) {
  const patientId = session.request.context.patientId;
  const draft = name === undefined ? undefined : session.drafts.find(name);
  const { draft: made, html } = await askJson("order", { patientId, ...(draft ? { draft } : {}), ...asked });
  session.drafts.put(made);
  showForm(html);
}

/** Writes what was filled in into the draft. */
async function takeForm() {
  const form = at("order").querySelector("form");
  if (!form || !session.dirty) return;
  const wasSelected = session.drafts.selected.has(session.order);
  await openOrder(session.order, { fields: fields(form) });
  session.drafts.select(session.order, wasSelected);
}

async function addOrder() {
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
async function openAny(name) {
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

// --- the call --------------------------------------------------------------------------------------------------------
async function fire() {
  if (!session.request) throw new Error("choose a patient first");
  const turn = ++session.turn;
  await takeForm();
  if (!session.drafts.all.length) return nothingLeft();
  const form = at("call");
  const hook = form.elements.hook.value;
  const profile = form.elements.profile.value;
  const body = { ...session.request, hook, hookInstance: hookInstance(), context: session.drafts.context(hook, session.request.context) };
  const url = new URL(`${root}/cds-services/${services[hook]}`, location.href).href;
  const before = session.sent?.body ?? session.request;
  session.sent = { body, url, profile };
  session.given = {};
  at("cards").setAttribute("aria-busy", "true");
  say("Asking the service");
  let came;
  try {
    came = await post(url, body, profile);
  } catch {
    came = undefined;
  }
  if (turn !== session.turn) return;
  at("stale").hidden = true;
  at("cards").removeAttribute("aria-busy");
  showExchange(came);
  if (came?.ok && came.json) await showAnswer(came, turn);
  else showFailure(came);
  if (day(before) !== day(body)) await showChart(body);
}

function nothingLeft() {
  session.sent = session.answer = undefined;
  at("stale").hidden = true;
  at("took").textContent = "";
  at("cards").replaceChildren(element("p", { class: "notice plain" }, "No draft order is left, so that there is nothing to ask about."));
  at("why").replaceChildren(element("p", { class: "muted" }, "No order."));
  say("No draft order is left");
}

async function showAnswer(came, turn) {
  session.answer = came.json;
  try {
    const html = await askHtml("cards", came.json);
    if (turn !== session.turn) return;
    at("cards").innerHTML = html;
    const count = came.json.cards.length;
    at("took").textContent = `${Math.round(came.ms)} ms`;
    tell(count ? `${count} card${count > 1 ? "s" : ""}: ${came.json.cards.map((card) => card.summary).join(". ")}` : "No card");
  } catch (error) {
    at("cards").replaceChildren(failure("The service answered, but the page cannot show it. Read the response below.", [error.message]));
  }
  await showWhy(turn);
}

function showFailure(came) {
  session.answer = undefined;
  at("took").textContent = came ? `status ${came.status}` : "";
  const title = came
    ? `The service did not assess this order (status ${came.status}). This is a failure, not an all-clear.`
    : "The service did not answer. This is a failure, not an all-clear.";
  const lines = issues(came?.json);
  at("cards").replaceChildren(failure(title, lines));
  at("why").replaceChildren(element("p", { class: "muted" }, "Nothing was assessed."));
  tell(title);
}

async function showWhy(turn = session.turn) {
  try {
    const html = await askHtml("explain", { request: session.sent.body, set: session.given });
    if (turn !== session.turn) return false;
    at("why").innerHTML = html;
    showValues();
    return true;
  } catch (error) {
    at("why").replaceChildren(failure("The reasons could not be worked out.", [error.message]));
    return false;
  }
}

/** The patient as read on the day of the order; shown anew only where that day is another. */
async function showChart(body) {
  const { line, chart } = await askJson("chart", body);
  at("patient-line").innerHTML = line;
  at("chart").innerHTML = chart;
}

const day = (body) => body?.context?.draftOrders?.entry?.map((entry) => entry.resource?.authoredOn).find(Boolean);

function showExchange(came) {
  const { body, url, profile } = session.sent;
  at("request-line").textContent = `POST ${url} (client profile ${profile})`;
  at("request").textContent = JSON.stringify(body, null, 2);
  at("response-line").textContent = came ? `Status ${came.status}` : "No answer";
  at("response").textContent = came ? (came.json === undefined ? came.text : JSON.stringify(came.json, null, 2)) : "";
  at("curl").textContent = curl(url, body, came?.headers ?? { "Content-Type": "application/json" });
}

// --- what a clinician does with a card -------------------------------------------------------------------------------
async function accept(button) {
  const card = session.answer.cards[Number(button.closest("[data-card]").dataset.card)];
  const suggestion = card.suggestions[Number(button.dataset.accept)];
  await takeForm();
  const written = session.drafts.apply(suggestion);
  sendFeedback({ card: card.uuid, outcome: "accepted", acceptedSuggestions: [{ id: suggestion.uuid }] }, `Accepted: ${suggestion.label}`);
  await openAny(written[0] ?? session.order);
  await fire();
  at("answer-heading").focus();
}

async function dismiss(form) {
  const place = form.closest("[data-card]");
  const card = session.answer.cards[Number(place.dataset.card)];
  const chosen = form.querySelector("input[type=radio]:checked");
  const reason = chosen ? card.overrideReasons[Number(chosen.value)] : undefined;
  const comment = form.elements.comment.value.trim();
  const overrideReason = {
    ...(reason ? { reason: { code: reason.code, system: reason.system } } : {}),
    ...(comment ? { userComment: comment } : {}),
  };
  const said = reason?.display ?? comment;
  place.classList.add("dismissed");
  place.querySelector(".dismiss").replaceWith(element("p", { class: "small", tabindex: "-1", "data-dismissed": true }, said ? `Dismissed: ${said}` : "Dismissed"));
  for (const each of place.querySelectorAll("[data-accept]")) each.disabled = true;
  place.querySelector("[data-dismissed]").focus();
  const told = Object.keys(overrideReason).length ? { overrideReason } : {};
  await sendFeedback({ card: card.uuid, outcome: "overridden", ...told }, `Dismissed: ${card.summary}`);
}

/** https://cds-hooks.hl7.org/2.0/#feedback */
async function sendFeedback(entry, title) {
  const body = { feedback: [{ ...entry, outcomeTimestamp: new Date().toISOString() }] };
  let came;
  try {
    came = await post(`${session.sent.url}/feedback`, body, session.sent.profile);
  } catch {
    came = undefined;
  }
  const result = came?.ok ? `stored by the service (status ${came.status})`
    : came ? `could not be stored: the service answered with status ${came.status}` : "could not be stored: the service did not answer";
  const notice = element("div", { class: `notice small ${came?.ok ? "good" : "warning"}`, "data-feedback": came?.ok ? "stored" : "failed" },
    element("p", {}, element("strong", {}, title)),
    element("p", {}, `Feedback ${result}.`, ...issues(came?.json).map((line) => ` ${line}.`)),
    element("details", {}, element("summary", {}, "What was sent"), element("pre", { tabindex: "0" }, JSON.stringify(body, null, 2))));
  at("feedback").prepend(notice);
  say(`Feedback ${result}`);
}

// --- what if ---------------------------------------------------------------------------------------------------------
async function setFact(name, value, focus) {
  const before = { ...session.given };
  if (value === undefined) delete session.given[name];
  else session.given[name] = value;
  if (!(await showWhy())) {
    session.given = before;
    await showWhy();
    return say("This fact could not be set");
  }
  const instead = at("why").querySelector("[data-instead] dd");
  say(instead ? `With what is set by hand: ${instead.innerText}` : "As recorded");
  (at("why").querySelector(focus) ?? at("why-heading")).focus();
}

/** The values of the fact chosen. */
function showValues() {
  const fact = at("if-fact");
  if (!fact) return;
  const option = fact.selectedOptions[0];
  const values = JSON.parse(option.dataset.values);
  const select = at("if-value");
  const number = at("if-number");
  select.hidden = select.disabled = !values.length;
  number.hidden = number.disabled = Boolean(values.length);
  number.required = !values.length;
  number.placeholder = option.dataset.unit;
  select.replaceChildren(...[...values, ["", "not recorded"]].map(([value, label]) => element("option", { value }, label)));
}

function whatIf(form) {
  const fact = form.elements.fact.value;
  const number = form.elements.number;
  const value = number.disabled ? form.elements.value.value || null : Number(number.value);
  return setFact(fact, value, `[data-unset="${fact}"]`);
}

// --- a record of one's own -------------------------------------------------------------------------------------------
async function bring(form) {
  const file = at("bundle-file").files[0];
  const text = at("bundle-text").value;
  const result = at("bring-result");
  if (!file && !text.trim()) return result.replaceChildren(failure("Choose a file or paste a Bundle.", []));
  let read;
  try {
    read = await (await ask("record", file ?? text, "application/fhir+json")).json();
  } catch (error) {
    const lines = error.faults ? error.faults.map((fault) => `${fault.place}: ${fault.problem}`) : [error.message];
    return result.replaceChildren(failure("This record cannot be used.", lines));
  }
  result.replaceChildren(readNotice(read));
  form.reset();
  showBring(false);
  await start(read.request);
  return openPatient();
}

function showBring(open) {
  at("bring").hidden = !open;
  document.querySelector("[data-bring]").setAttribute("aria-expanded", String(open));
}

function readNotice({ warnings, unused }) {
  const left = Object.entries(unused).map(([type, count]) => `${count} ${type}`).join(", ");
  const lines = warnings.map((each) => element("li", {}, element("code", {}, each.place), `: ${each.problem}`));
  return element("div", { class: `notice ${warnings.length ? "warning" : "good"} small` },
    element("p", {}, element("strong", {}, "The record was read.")),
    ...(lines.length ? [element("p", {}, "These entries cannot be used:"), element("ul", {}, ...lines)] : []),
    ...(left ? [element("p", {}, `Not used by the service: ${left}.`)] : []));
}

/** Shows a record that was brought along, with an empty order. */
async function openPatient() {
  at("about")?.remove();
  document.querySelector(".featured [aria-current]")?.removeAttribute("aria-current");
  at("patient").selectedIndex = -1;
  await showChart({ ...session.request, hookInstance: hookInstance() });
  session.turn += 1;
  session.sent = session.answer = undefined;
  at("stale").hidden = true;
  at("took").textContent = "";
  at("feedback").replaceChildren();
  at("cards").replaceChildren(element("p", { class: "muted" }, "Choose a study, then ask the service."));
  at("why").replaceChildren(element("p", { class: "muted" }, "Ask the service first."));
  await openOrder(undefined, { new: "order-1", authored: new Date().toISOString().slice(0, 10) });
  at("order-heading").scrollIntoView({ block: "start" });
  at("study-search").focus({ preventScroll: true });
}

// --- looking closer --------------------------------------------------------------------------------------------------
function resources() {
  const values = Object.values(session.request?.prefetch ?? {});
  const entries = values.flatMap((value) => (value?.resourceType === "Bundle" ? (value.entry ?? []).map((each) => each?.resource) : [value]));
  return [...entries, ...(session.drafts?.all ?? [])].filter((each) => each && typeof each === "object");
}

function showResource(name) {
  const found = resources().find((each) => reference(each) === name);
  at("resource-name").textContent = name;
  at("resource-json").textContent = found ? JSON.stringify(found, null, 2) : "It is not among what was sent.";
  at("resource").showModal();
}

async function copy(button) {
  const text = at(button.dataset.copy).textContent;
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without TLS there is no clipboard: the text is selected, to be copied by hand.
    getSelection().selectAllChildren(at(button.dataset.copy));
    copied = false;
  }
  button.textContent = copied ? "Copied" : "Selected";
  say(copied ? "Copied" : "Selected, to be copied by hand");
}

// --- beginning -------------------------------------------------------------------------------------------------------
async function start(request) {
  session.request = request;
  session.drafts = new Drafts(request.context);
  session.given = {};
}

function guarded(work) {
  return (...given) => Promise.resolve(work(...given)).catch((error) => {
    at("cards").replaceChildren(failure("The page could not do this.", [error.message]));
    say(`The page could not do this: ${error.message}`);
  });
}

const clicks = {
  "[data-accept]": guarded(accept),
  "[data-try]": guarded((button) => setFact(button.dataset.try, isNaN(button.dataset.value) ? button.dataset.value : Number(button.dataset.value), `[data-unset="${button.dataset.try}"]`)),
  "[data-unset]": guarded((button) => setFact(button.dataset.unset, undefined, "[data-what-if] button")),
  "[data-resource]": (button) => showResource(button.dataset.resource),
  "[data-copy]": guarded(copy),
  "[data-close]": () => at("resource").close(),
  "[data-add-order]": guarded(addOrder),
  "[data-bring]": () => showBring(at("bring").hidden),
};

document.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(clicks)) {
    const button = event.target.closest(selector);
    if (button) act(button);
  }
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  const act = form.id === "call" ? fire : form.id === "bring" ? bring
    : form.matches("[data-dismiss]") ? dismiss : form.matches("[data-what-if]") ? whatIf : undefined;
  if (!act) return;
  event.preventDefault();
  guarded(act)(form);
});
document.addEventListener("change", (event) => {
  if (event.target.id === "if-fact") showValues();
  if (event.target.closest("#call")) changed();
});

for (const each of document.querySelectorAll("[data-fire], [data-add-order], [data-bring]")) each.hidden = false;

guarded(async () => {
  if (!page.dataset.patient) return;
  const response = await fetch(`${root}/sandbox/patients/${encodeURIComponent(page.dataset.patient)}`);
  if (!response.ok) throw new Error(`the patient could not be loaded (status ${response.status})`);
  await start(await response.json());
  showForm();
  await fire();
})();
