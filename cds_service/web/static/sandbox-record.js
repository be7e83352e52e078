// A record of one's own: read by the service, or refused with what is wrong and where.

import { showChart } from "./sandbox-answer.js";
import { hookInstance } from "./sandbox-call.js";
import { Drafts } from "./sandbox-drafts.js";
import { openOrder } from "./sandbox-orders.js";
import { ask, at, element, failure, session } from "./sandbox-page.js";

export function start(request) {
  session.request = request;
  session.drafts = new Drafts(request.context);
  session.given = {};
}

export async function bring(form) {
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
  start(read.request);
  return openPatient();
}

export function showBring(open) {
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
  closePatient();
  await showChart({ ...session.request, hookInstance: hookInstance() });
  await openOrder(undefined, { new: "order-1", authored: new Date().toISOString().slice(0, 10) });
  at("cards").replaceChildren(element("p", { class: "muted" }, "Choose a study, then ask the service."));
  at("order-heading").scrollIntoView({ block: "start" });
  at("study-search").focus({ preventScroll: true });
}

/**
 * Takes the former patient off the page, before anything of the next one comes: their order would be filled in and lost,
 * and a chart that fails to load would leave two patients side by side.
 */
function closePatient() {
  at("about")?.remove();
  document.querySelector(".featured [aria-current]")?.removeAttribute("aria-current");
  at("patient").selectedIndex = -1;
  session.turn += 1;
  session.sent = session.answer = session.order = undefined;
  session.dirty = false;
  session.shown = {};
  for (const id of ["line", "order", "timeline", "dose", "chart", "feedback", "cards"]) at(id).replaceChildren();
  at("drafts").hidden = at("stale").hidden = true;
  at("took").textContent = "";
  at("why").replaceChildren(element("p", { class: "muted" }, "Ask the service first."));
}
