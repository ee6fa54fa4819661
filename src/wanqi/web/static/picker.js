/* A search field that chooses one row: arrows move, Enter takes, Escape closes; what was typed alone is no choice. */
(() => {
  "use strict";
  const parts = (box) => ({
    id: box.querySelector("input[type=hidden]"),
    text: box.querySelector("[role=combobox]"),
    list: box.querySelector("[role=listbox]"),
    note: box.querySelector("[data-picker-note]"),
    status: box.querySelector("[data-picker-status]"),
  });
  const options = (list) => [...list.querySelectorAll("[data-pk]")];

  function close(box) {
    const { text, list } = parts(box);
    list.hidden = true;
    text.setAttribute("aria-expanded", "false");
    text.removeAttribute("aria-activedescendant");
  }
  function mark(box, option) {
    const { text, list } = parts(box);
    options(list).forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    if (!option) return text.removeAttribute("aria-activedescendant");
    text.setAttribute("aria-activedescendant", option.id);
    return option.scrollIntoView({ block: "nearest" });
  }
  function take(box, option) {
    const { id, text, note, status } = parts(box);
    id.value = option.dataset.pk;
    text.value = option.dataset.title;
    note.textContent = option.dataset.subtitle;
    status.textContent = `已选择${option.dataset.title}`;
    close(box);
    text.focus();
    id.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-picker]");
    if (!box || event.target.type === "hidden") return;
    const { id, note } = parts(box);
    id.value = "";
    note.textContent = "";
    if (!event.target.value.trim()) close(box);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const box = event.detail.target.closest("[data-picker]");
    if (!box) return;
    const { text, list, status } = parts(box);
    if (document.activeElement !== text || !text.value.trim()) return close(box);
    list.hidden = false;
    text.setAttribute("aria-expanded", "true");
    const found = options(list);
    status.textContent = found.length ? `找到${found.length}条，用上下方向键选择` : list.textContent.trim();
    mark(box, found.length === 1 ? found[0] : null);
  });
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-picker]");
    if (!box || event.isComposing) return;
    const { list } = parts(box);
    if (list.hidden) return;
    const found = options(list);
    const at = found.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (found.length) mark(box, found[(at + step + found.length + (at < 0 && step < 0 ? 1 : 0)) % found.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (at >= 0) take(box, found[at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(box);
    }
  }, true);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-picker] [role=option]");
    if (option) event.preventDefault(); // the field keeps the focus
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("[data-picker] [data-pk]");
    if (option) take(option.closest("[data-picker]"), option);
  });
  document.addEventListener("focusout", (event) => {
    const box = event.target.closest("[data-picker]");
    if (box && !box.contains(event.relatedTarget)) close(box);
  });
})();
