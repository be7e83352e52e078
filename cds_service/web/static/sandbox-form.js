// The form of one draft order: search among the studies, reasons, and what was filled in.

/** Wires the form in `place`. `changed` is called whenever something in it is. */
export function wire(place, changed) {
  const form = place.querySelector("form");
  if (!form) return;
  searchable(form, changed);
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-system]")) showCode(event.target.closest("[data-reason]"));
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-reason]")) addReason(form);
    else if (event.target.closest("[data-remove-reason]")) removeReason(event.target.closest("[data-reason]"));
    else return;
    changed();
  });
}

/** The form as filled in, by the names the service gives the fields. */
export function fields(form) {
  const reasons = Array.from(form.querySelectorAll("[data-reason]"), (row) => {
    const system = row.querySelector("[data-system]").value;
    const code = system === "text" ? "" : row.querySelector("[data-code]").value.trim();
    const was = row.dataset.was === undefined ? null : Number(row.dataset.was);
    return { system, code, words: row.querySelector("[data-words]").value.trim(), was };
  });
  return {
    study: form.elements.study.value || "as-drafted",
    typed: form.querySelector("[data-typed]")?.dataset.text ?? "",
    side: form.elements.side.value,
    authored: form.elements.authored.value,
    reasons,
  };
}

function searchable(form, changed) {
  const search = form.querySelector("#study-search");
  const select = form.querySelector("#study");
  const typed = select.querySelector("[data-typed]");
  const first = Array.from(select.children).filter((each) => each.matches("option:not([data-typed])"));
  const groups = Array.from(select.querySelectorAll("optgroup"), (group) => [group, Array.from(group.children)]);
  typed.hidden = typed.disabled = false;
  typed.remove();
  search.hidden = false;
  // Not scrollIntoView, which would scroll the page too.
  select.scrollTop = (select.selectedOptions[0]?.offsetTop ?? 0) - select.offsetTop - select.clientHeight / 2;

  const filter = () => {
    const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = select.value;
    const fits = (option) => wanted.every((word) => option.dataset.words.includes(word));
    const shown = groups.map(([group, options]) => {
      group.replaceChildren(...options.filter(fits));
      return group;
    });
    typed.dataset.text = search.value.trim();
    typed.textContent = `Order as typed: “${typed.dataset.text}”`;
    const filled = shown.filter((group) => group.children.length);
    select.replaceChildren(...(wanted.length ? [] : first), ...filled, ...(wanted.length ? [typed] : []));
    select.value = chosen;
    if (select.selectedIndex < 0 && wanted.length) {
      select.selectedIndex = 0;
      changed();
    }
  };
  search.addEventListener("input", (event) => { event.stopPropagation(); filter(); });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); select.focus(); }
    if (event.key === "Enter") event.preventDefault();
  });
}

function showCode(row) {
  row.querySelector("[data-code]").hidden = row.querySelector("[data-system]").value === "text";
}

function addReason(form) {
  const row = form.querySelector("[data-reason]").cloneNode(true);
  delete row.dataset.was;
  for (const input of row.querySelectorAll("input")) input.value = "";
  row.querySelector("[data-system]").value = "text";
  showCode(row);
  form.querySelector("[data-reasons]").append(row);
  row.querySelector("[data-words]").focus();
}

/** The last row stays, empty: there is always somewhere to write. */
function removeReason(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  if (next) {
    row.remove();
    next.querySelector("[data-words]").focus();
    return;
  }
  delete row.dataset.was;
  for (const input of row.querySelectorAll("input")) input.value = "";
  row.querySelector("[data-system]").value = "text";
  showCode(row);
}
