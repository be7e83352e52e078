// The sandbox: holds the session as an EHR would. Wires the page to what it can do, and opens its patient.

import { accept, dismiss, setFact, whatIf } from "./sandbox-actions.js";
import { fire, showValues } from "./sandbox-answer.js";
import { reference } from "./sandbox-drafts.js";
import { addOrder, changed, showForm } from "./sandbox-orders.js";
import { at, failure, page, root, say, session } from "./sandbox-page.js";
import { bring, showBring, start } from "./sandbox-record.js";

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
  start(await response.json());
  showForm();
  await fire();
})();
