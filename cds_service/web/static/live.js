// Forms marked data-live="<id>" show their answer while one types: the server's page is fetched, and that part of it taken.
// Without this script they are plain forms.
"use strict";
(() => {
  const pause = 200; // ms without a key before asking
  let asked = 0;

  const address = (form, submitter) => {
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form, submitter)).toString();
    return url;
  };

  // What is replaced may hold what has the focus: it goes to the new one of the same id, or to the first field.
  const replace = (part, fresh) => {
    const focused = part.contains(document.activeElement) ? document.activeElement.id : null;
    part.replaceChildren(...fresh.childNodes);
    if (focused !== null) (document.getElementById(focused) ?? part.querySelector("input"))?.focus();
  };

  const show = async (form, submitter) => {
    const mine = ++asked;
    let answer;
    try {
      answer = await fetch(address(form, submitter), { headers: { Accept: "text/html" } });
    } catch {
      return; // offline: what is shown stays, and the form can still be sent
    }
    const text = await answer.text();
    if (!answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    replace(document.getElementById(form.dataset.live), page.getElementById(form.dataset.live));
    document.title = page.title;
    history[submitter === undefined ? "replaceState" : "pushState"](null, "", answer.url);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-live]")) {
      if (!document.getElementById(form.dataset.live)) continue;
      let timer;
      const soon = () => {
        clearTimeout(timer);
        timer = setTimeout(() => show(form), pause);
      };
      const replaced = (field) => document.getElementById(form.dataset.live).contains(field);
      // A field that will itself be replaced is asked for when it is left; words to add wait for their button.
      form.addEventListener("input", (event) => { if (!replaced(event.target)) soon(); });
      form.addEventListener("change", (event) => {
        if (replaced(event.target) && !event.target.hasAttribute("data-waits")) soon();
      });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        clearTimeout(timer);
        show(form, event.submitter);
      });
    }
    addEventListener("popstate", () => location.reload());
  });
})();
