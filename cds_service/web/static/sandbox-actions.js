// What a clinician does with an answer: accepts a suggestion, dismisses a card, asks what if.

import { issues, post } from "./sandbox-call.js";
import { fire, showWhy } from "./sandbox-answer.js";
import { openAny, takeForm } from "./sandbox-orders.js";
import { at, element, say, session } from "./sandbox-page.js";

export async function accept(button) {
  const card = session.answer.cards[Number(button.closest("[data-card]").dataset.card)];
  const suggestion = card.suggestions[Number(button.dataset.accept)];
  await takeForm();
  const written = session.drafts.apply(suggestion);
  sendFeedback({ card: card.uuid, outcome: "accepted", acceptedSuggestions: [{ id: suggestion.uuid }] }, `Accepted: ${suggestion.label}`);
  await openAny(written[0] ?? session.order);
  await fire();
  at("answer-heading").focus();
}

export async function dismiss(form) {
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
    came = await post(`${session.sent.url}/feedback`, body, session.sent.issuer);
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

export async function setFact(name, value, focus) {
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

export function whatIf(form) {
  const fact = form.elements.fact.value;
  const number = form.elements.number;
  const value = number.disabled ? form.elements.value.value || null : Number(number.value);
  return setFact(fact, value, `[data-unset="${fact}"]`);
}
