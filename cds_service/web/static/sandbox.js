// Plays the EHR: makes the CDS Hooks request, fires it, shows the cards, takes up what they suggest.
const $ = (id) => document.getElementById(id);
const form = $("order");
const base = form.dataset.base;
const KEYS = {
  Condition: "conditions", Observation: "observations", Procedure: "procedures", MedicationRequest: "medicationRequests",
  MedicationAdministration: "medicationAdministrations", CarePlan: "carePlans", DiagnosticReport: "diagnosticReports",
  AllergyIntolerance: "allergies",
};
const CARD_WORDS = { info: "Info", warning: "Warning", critical: "Critical" };
let demos = new Map();
let drafts = null; // the Bundle of draft orders; null: to be made from the form
let sent = null;
let turn = 0; // of the latest firing: an answer that comes late is not shown

// Text only: nothing that a record or an answer holds becomes markup here.
function el(name, words = "", className = "") {
  const made = document.createElement(name);
  made.textContent = words;
  if (className) made.className = className;
  return made;
}
const say = (words, failed = false) => {
  $("status").textContent = words;
  $("status").className = failed ? "notice critical" : "muted";
};
const post = (url, body, type = "application/json") =>
  fetch(url, { method: "POST", headers: { "Content-Type": type }, body });

function choose() {
  const demo = demos.get($("patient").value);
  $("own").hidden = Boolean(demo);
  drafts = demo ? structuredClone(demo.request.context.draftOrders) : null;
  if (!demo) return;
  const order = drafts.entry.find((each) => each.resource?.resourceType === "ServiceRequest")?.resource;
  $("hook").value = demo.request.hook;
  $("study").value = order?.code?.text ?? "";
  $("reason").value = order?.reasonCode?.[0]?.text ?? "";
  $("side").value = "";
}

function reason(words) {
  const code = words.trim();
  if (/^[A-TV-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$/i.test(code)) {
    return { coding: [{ system: "http://hl7.org/fhir/sid/icd-10-cm", code: code.toUpperCase() }] };
  }
  return /^\d{6,18}$/.test(code) ? { coding: [{ system: "http://snomed.info/sct", code }] } : { text: code };
}

function written(patientId, authoredOn) {
  const named = [...$("studies").options].find((each) => each.value === $("study").value);
  const order = {
    resourceType: "ServiceRequest", id: "order-1", status: "draft", intent: "order",
    code: { text: $("study").value }, subject: { reference: `Patient/${patientId}` }, authoredOn,
  };
  if (named?.dataset.code) order.code.coding = [{ system: named.dataset.system, code: named.dataset.code, display: named.value }];
  if ($("reason").value.trim()) order.reasonCode = [reason($("reason").value)];
  if ($("side").value) order.bodySite = [{ text: `${$("side").value} ${named?.dataset.site ?? "breast"}` }];
  return { resourceType: "Bundle", type: "collection", entry: [{ resource: order }] };
}

function ownRecord() {
  let bundle;
  try { bundle = JSON.parse($("bundle").value); } catch (error) { throw new Error(`The Bundle is not JSON: ${error.message}`); }
  if (bundle?.resourceType !== "Bundle" || !Array.isArray(bundle.entry)) throw new Error("This is no FHIR Bundle with entries.");
  const resources = bundle.entry.map((each) => each?.resource).filter(Boolean);
  const patient = resources.find((each) => each.resourceType === "Patient");
  if (!patient?.id) throw new Error("The Bundle holds no Patient with an id.");
  const prefetch = { patient };
  for (const [type, key] of Object.entries(KEYS)) {
    const entry = resources.filter((each) => each.resourceType === type).map((resource) => ({ resource }));
    prefetch[key] = { resourceType: "Bundle", type: "searchset", total: entry.length, entry };
  }
  return { patientId: patient.id, userId: "Practitioner/sandbox", prefetch };
}

function hookRequest() {
  const demo = demos.get($("patient").value)?.request;
  const { patientId, userId, prefetch } = demo ? { ...demo.context, prefetch: demo.prefetch } : ownRecord();
  const given = demo?.context.draftOrders.entry[0]?.resource?.authoredOn;
  if (!$("study").value && !drafts) throw new Error("Name the study to order.");
  drafts ??= written(patientId, given ?? new Date().toISOString().slice(0, 10));
  const hook = $("hook").value;
  const context = { userId, patientId, draftOrders: drafts };
  const names = drafts.entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
  if (hook === "order-select") {
    const chosen = demo?.context.selections?.filter((each) => names.includes(each)) ?? [];
    context.selections = chosen.length ? chosen : names;
  }
  return { hook, hookInstance: instance(), context, prefetch };
}

// randomUUID is there only over TLS and on localhost.
function instance() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((each, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + each.toString(16).padStart(2, "0")).join("");
}

async function fire() {
  const mine = ++turn;
  $("cards").replaceChildren();
  $("explained").replaceChildren();
  $("wire").hidden = true;
  try {
    sent = hookRequest();
    const url = form.getAttribute(`data-${sent.hook}`);
    const body = JSON.stringify(sent, null, 2);
    say("Asking the service …");
    const answer = await post(url, body);
    const text = await answer.text();
    if (mine !== turn) return;
    $("wire").hidden = false;
    $("request").textContent = body;
    $("response").textContent = text;
    $("curl").textContent = `curl ${location.origin}${url} \\\n  --header 'Content-Type: application/json' --data @request.json`;
    await show(answer, text, url);
    if (mine === turn && answer.ok) await explain({});
  } catch (error) {
    if (mine === turn) say(`Failed, and nothing was assessed: ${error.message}`, true);
  }
}

async function show(answer, text, url) {
  let said;
  try { said = JSON.parse(text); } catch { throw new Error(`HTTP ${answer.status}, and no JSON`); }
  if (!answer.ok || !Array.isArray(said.cards)) {
    const issue = said.issue?.[0];
    throw new Error(`HTTP ${answer.status}: ${issue?.details?.text ?? issue?.diagnostics ?? "no cards in the answer"}`);
  }
  const assessed = said.extension?.["cds-service.assessments"] ?? [];
  const outcomes = assessed.map((each) => `${each.order}: ${each.category ?? each.outcome}`.replaceAll("-usually", " usually")).join("; ");
  if (said.cards.length) say(`${said.cards.length === 1 ? "1 card" : `${said.cards.length} cards`}. ${outcomes}`);
  else say(`No card. ${outcomes || "No assessment: nothing here is an imaging order that the service knows."}`);
  const made = await Promise.all(said.cards.map((each) => card(each, url)));
  $("cards").replaceChildren(...made);
}

async function card(given, url) {
  const made = el("article", "", `panel card ${given.indicator in CARD_WORDS ? given.indicator : ""}`);
  made.append(el("span", CARD_WORDS[given.indicator] ?? given.indicator, `tag ${given.indicator in CARD_WORDS ? given.indicator : ""}`), el("h3", given.summary));
  if (given.detail) {
    const detail = el("div", "", "detail");
    const rendered = await post(`${base}/sandbox/markdown`, given.detail, "text/plain");
    if (rendered.ok) detail.innerHTML = await rendered.text(); // HTML made and escaped by our own server
    else detail.textContent = given.detail;
    made.append(detail);
  }
  const links = el("p", "Source: ");
  for (const { label, url: to } of [given.source, ...(given.links ?? [])]) {
    const link = el(/^https?:/.test(to ?? "") ? "a" : "span", label);
    if (link.href !== undefined) Object.assign(link, { href: to, target: "_blank", rel: "noopener noreferrer" });
    links.append(link, " ");
  }
  const buttons = el("div", "", "row");
  for (const each of given.suggestions ?? []) {
    const button = el("button", each.label, each.isRecommended ? "primary" : "");
    button.type = "button";
    button.addEventListener("click", () => accept(given, each, url));
    buttons.append(button);
  }
  made.append(links, buttons, dismissal(given, url, made));
  return made;
}

function dismissal(given, url, owner) {
  const row = el("div", "", "row");
  const select = el("select");
  select.setAttribute("aria-label", "Reason to override");
  select.append(new Option("no reason given", ""));
  (given.overrideReasons ?? []).forEach((each, at) => select.append(new Option(each.display, at)));
  const button = el("button", "Dismiss");
  button.type = "button";
  const told = el("p", "", "small");
  told.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    const chosen = given.overrideReasons?.[select.value];
    const feedback = { card: given.uuid, outcome: "overridden", outcomeTimestamp: new Date().toISOString() };
    if (chosen && select.value !== "") feedback.overrideReason = { reason: { code: chosen.code, system: chosen.system } };
    button.disabled = true;
    owner.querySelectorAll("button").forEach((each) => { each.disabled = true; });
    told.textContent = `Dismissed; ${await tell(url, feedback)}.`;
  });
  row.append(select, button, told);
  return row;
}

async function tell(url, feedback) {
  try {
    const answer = await post(`${url}/feedback`, JSON.stringify({ feedback: [feedback] }));
    return answer.ok ? "feedback stored" : `feedback could not be stored (HTTP ${answer.status})`;
  } catch { return "feedback could not be stored"; }
}

async function accept(given, suggestion, url) {
  for (const action of suggestion.actions ?? []) {
    const name = action.resourceId ?? `${action.resource.resourceType}/${action.resource.id}`;
    const at = drafts.entry.findIndex(({ resource }) => `${resource.resourceType}/${resource.id}` === name);
    if (action.type === "delete") { if (at >= 0) drafts.entry.splice(at, 1); }
    else if (at >= 0) drafts.entry[at] = { resource: action.resource };
    else drafts.entry.push({ resource: action.resource });
  }
  const stored = await tell(url, {
    card: given.uuid, outcome: "accepted", acceptedSuggestions: [{ id: suggestion.uuid }], outcomeTimestamp: new Date().toISOString(),
  });
  const order = drafts.entry.find(({ resource }) => resource.resourceType === "ServiceRequest")?.resource;
  $("study").value = order?.code?.text ?? "";
  if (drafts.entry.length) await fire();
  else $("cards").replaceChildren();
  if (!drafts.entry.length) { $("explained").replaceChildren(); $("wire").hidden = true; }
  $("status").textContent = `Accepted: ${suggestion.label}; ${stored}. ${drafts.entry.length ? $("status").textContent : "No order is left."}`;
}

async function explain(overrides, focus) {
  const mine = turn;
  const answer = await post(`${base}/sandbox/explain`, JSON.stringify({ request: sent, overrides }));
  const text = await answer.text();
  if (mine !== turn) return;
  if (!answer.ok) { $("explained").replaceChildren(el("p", `The explanation failed: HTTP ${answer.status}`, "notice critical")); return; }
  $("explained").innerHTML = text; // as above
  if (focus) $("explained").querySelector(`[data-fact="${focus}"]`)?.focus();
}

$("explained").addEventListener("change", (event) => {
  const all = {};
  for (const each of $("explained").querySelectorAll("[data-fact]")) if (each.value) all[each.dataset.fact] = each.value;
  explain(all, event.target.dataset.fact);
});
form.addEventListener("submit", (event) => { event.preventDefault(); fire(); });
$("patient").addEventListener("change", choose);
for (const id of ["study", "side", "reason", "bundle"]) $(id).addEventListener("input", () => { drafts = null; });
$("file").addEventListener("change", async () => { $("bundle").value = await $("file").files[0]?.text() ?? ""; drafts = null; });
document.addEventListener("click", (event) => {
  const of = event.target.dataset?.copy;
  if (of) navigator.clipboard?.writeText($(of).textContent).then(() => { event.target.textContent = "Copied"; });
});
const listed = await fetch(`${base}/sandbox/patients.json`);
demos = new Map((await listed.json()).map((each) => [each.id, each]));
choose();
form.dataset.ready = "";
