/* 名单导入: moving through the queue by keys; every decision is a button of the page, which a key only presses. */
(() => {
  "use strict";
  const $ = (query, root = document) => root.querySelector(query);
  const lines = () => [...document.querySelectorAll("[data-line]")];
  let at = 0;

  function go(to, { focus = true } = {}) {
    const all = lines();
    if (!all.length) return;
    at = Math.max(0, Math.min(to, all.length - 1));
    all.forEach((line, number) => line.classList.toggle("is-current", number === at));
    if (!focus) return;
    all[at].focus({ preventScroll: true });
    all[at].scrollIntoView({ block: "nearest" });
  }
  function press(query, root = document) {
    const button = $(query, root);
    if (button && !button.disabled) button.click();
  }
  const KEYS = { n: "[data-none]", c: "[data-new]", x: "[data-aside]" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    const all = lines();
    const line = all[at];
    const key = event.key;
    if (key === "u") press("[data-take-back]");
    else if (!line) return;
    else if (key === "j" || key === "ArrowDown") go(at + 1);
    else if (key === "k" || key === "ArrowUp") go(at - 1);
    else if (key === "Enter" && event.target.hasAttribute("data-line")) go(at + 1);
    else if (/^[1-9]$/.test(key)) press(`[data-pick="${key}"]`, line);
    else if (KEYS[key]) press($(KEYS[key], line) ? KEYS[key] : "[data-none]", line);
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const line = event.target.closest("[data-line]");
    if (line) go(lines().indexOf(line), { focus: false });
  });
  /* Which groups were open stays so when the part is replaced; the row that moved up takes the focus. */
  let opened = new Set();
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "confirming") return;
    opened = new Set([...document.querySelectorAll("details[data-group][open]")].map((one) => one.dataset.group));
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "confirming" && event.target.id !== "confirming") return;
    document.querySelectorAll("details[data-group]").forEach((one) => { if (opened.has(one.dataset.group)) one.open = true; });
    go(at);
  });
  addEventListener("DOMContentLoaded", () => go(0, { focus: !$("#form-errors") }));
})();
