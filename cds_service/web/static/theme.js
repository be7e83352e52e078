// The theme: what the system prefers, unless the reader has chosen. Kept in this browser only.
"use strict";
(() => {
  const key = "theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  // Where storage is forbidden the choice lasts as long as the page.
  const stored = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const store = (theme) => { try { localStorage.setItem(key, theme); } catch { /* see above */ } };
  const shown = () => root.dataset.theme ?? (system.matches ? "dark" : "light");

  const chosen = stored();
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-toggle]");
    const label = button.querySelector("[data-theme-label]");
    const say = () => { label.textContent = shown() === "dark" ? "Use light theme" : "Use dark theme"; };
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = shown() === "dark" ? "light" : "dark";
      store(root.dataset.theme);
      say();
    });
    system.addEventListener("change", say);
    say();
  });
})();
