// The call and its answer: fires the hook over HTTP as an EHR does, shows what comes back, and never hides a failure.

import { curl, hookInstance, issues, post } from "./sandbox-call.js";
import { takeForm } from "./sandbox-orders.js";
import { askHtml, askJson, at, element, failure, root, say, services, session, tell } from "./sandbox-page.js";

export async function fire() {
  if (!session.request) throw new Error("choose a patient first");
  const turn = ++session.turn;
  await takeForm();
  if (!session.drafts.all.length) return nothingLeft();
  const form = at("call");
  const hook = form.elements.hook.value;
  const profile = form.elements.profile.selectedOptions[0];
  const body = { ...session.request, hook, hookInstance: hookInstance(), context: session.drafts.context(hook, session.request.context) };
  const url = new URL(`${root}/cds-services/${services[hook]}`, location.href).href;
  session.sent = { body, url, issuer: profile.value, profile: profile.text };
  session.given = {};
  at("cards").setAttribute("aria-busy", "true");
  say("Asking the service");
  let came;
  try {
    came = await post(url, body, profile.value);
  } catch {
    came = undefined;
  }
  if (turn !== session.turn) return;
  at("stale").hidden = true;
  at("cards").removeAttribute("aria-busy");
  showExchange(came);
  if (came?.ok && came.json) await showAnswer(came, turn);
  else showFailure(came);
  if (turn === session.turn) await showChart(body);
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
    at("took").textContent = `${session.sent.issuer ? `as ${session.sent.profile} shows it, ` : ""}${Math.round(came.ms)} ms`;
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

export async function showWhy(turn = session.turn) {
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

/** The patient as read on the day of the order, and the radiation with it. What is the same stays as it was left. */
export async function showChart(body) {
  for (const [id, html] of Object.entries(await askJson("chart", body))) {
    if (session.shown[id] !== html) at(id).innerHTML = session.shown[id] = html;
  }
}

function showExchange(came) {
  const { body, url, profile } = session.sent;
  at("request-line").textContent = `POST ${url} (client profile ${profile})`;
  at("request").textContent = JSON.stringify(body, null, 2);
  at("response-line").textContent = came ? `Status ${came.status}` : "No answer";
  at("response").textContent = came ? (came.json === undefined ? came.text : JSON.stringify(came.json, null, 2)) : "";
  at("curl").textContent = curl(url, body, came?.headers ?? { "Content-Type": "application/json" });
}

/** The values of the fact chosen. */
export function showValues() {
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
