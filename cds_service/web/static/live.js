// Forms marked data-live="<id>" show their answer while one types: the server's page is fetched, and that part of it taken.
// What is marked data-announce in it is told to screen readers. Without this script they are plain forms.
"use strict";
(() => {
  const pause = 200; // ms without a key before asking
  const query = (url) => url.pathname + url.search;
  let asked = 0;
  let shown = query(location);

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
    let answer, text;
    try {
      answer = await fetch(address(form, submitter), { headers: { Accept: "text/html" } });
      text = await answer.text();
    } catch {
      return; // offline: what is shown stays, and the form can still be sent
    }
    if (!answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    const part = document.getElementById(form.dataset.live);
    replace(part, page.getElementById(form.dataset.live));
    form.querySelector("[data-live-status]").textContent = part.querySelector("[data-announce]")?.textContent.trim() ?? "";
    document.title = page.title;
    shown = query(new URL(answer.url));
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
    // Back and forward to what was found; a mere fragment, such as that of the skip link, changes nothing.
    addEventListener("popstate", () => { if (query(location) !== shown) location.reload(); });
  });
})();
