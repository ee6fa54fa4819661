/* 报数: keep a field when it is left, rows of a table with pasting, copying the reminder. */
(() => {
  "use strict";
  const $ = (query, root = document) => root.querySelector(query);
  const $$ = (query, root = document) => [...root.querySelectorAll(query)];
  const form = $("[data-return]");
  const saver = $("#autosave");
  /* A part that is replaced takes over its class, never a style: the pages have none. */
  if (saver) htmx.config.attributesToSettle = ["class"];

  /* Rows ---------------------------------------------------------------------------------------- */
  const rows = form && $(".return-rows tbody", form);
  const packed = form && $("[data-rows-json]", form);
  function pack() {
    if (!rows) return;
    const all = $$("[data-row-line]", rows).map((line) => Object.fromEntries($$("[data-field]", line).map((cell) => [cell.dataset.field, cell.value])));
    packed.value = JSON.stringify(all);
  }
  function number() {
    $$("[data-row-line]", rows).forEach((line, at) => $$("[data-field]", line).forEach((cell) => { cell.name = `row-${at + 1}-${cell.dataset.field}`; }));
  }
  function add() {
    const line = rows.lastElementChild.cloneNode(true);
    $$("[data-field]", line).forEach((cell) => { cell.value = ""; });
    $$(".return-cell-error", line).forEach((said) => said.remove());
    $$(".has-error", line).forEach((cell) => cell.classList.remove("has-error"));
    rows.append(line);
    number();
    return line;
  }
  function put(cell, text) {
    const choice = cell.tagName === "SELECT" && [...cell.options].find((one) => one.text.trim() === text);
    if (cell.tagName === "SELECT" && !choice && text) cell.add(new Option(text, text));
    cell.value = choice ? choice.value : text;
  }
  if (rows) {
    /* All rows go as one value: a long table has more cells than a form may have fields. */
    form.addEventListener("formdata", (event) => {
      for (const name of [...event.formData.keys()]) if (/^row-\d/.test(name)) event.formData.delete(name);
    });
    $("[data-add-row]", form).addEventListener("click", () => $("[data-field]", add()).focus());
    rows.addEventListener("click", (event) => {
      const button = event.target.closest("[data-drop-row]");
      if (!button) return;
      const line = button.closest("tr");
      if (rows.children.length === 1) $$("[data-field]", line).forEach((cell) => { cell.value = ""; });
      else line.remove();
      number();
      later();
    });
    rows.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
      const from = event.target.closest("[data-field]");
      if (!from || !/[\t\n]/.test(text)) return;
      event.preventDefault();
      let line = from.closest("tr");
      const at = $$("[data-field]", line).indexOf(from);
      for (const words of text.split("\n")) {
        if (!line) line = add();
        const cells = $$("[data-field]", line);
        words.split("\t").forEach((word, step) => { if (cells[at + step]) put(cells[at + step], word.trim()); });
        line = line.nextElementSibling;
      }
      if (!rows.lastElementChild.querySelector("[data-field]").value) { later(); return; }
      add();
      later();
    });
  }

  /* Keeping: after a field was left; never beside the form itself being sent -------------------- */
  let timer = 0;
  let busy = false;
  let leaving = false;
  let sender = null;
  function later() {
    clearTimeout(timer);
    if (!leaving) timer = setTimeout(() => { pack(); htmx.trigger(saver, "save-now"); }, 250);
  }
  if (form && saver) {
    form.addEventListener("change", (event) => {
      const other = event.target.closest(".return-input");
      if (other && event.target.matches("input.form-control") && event.target.value) {
        const radio = $("[data-other]", other);
        if (radio) radio.checked = true;
      }
      if (event.target.value === "confirmed") $("input.form-control", other).value = "";
      later();
    });
    document.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.elt === saver) busy = true; });
    document.addEventListener("htmx:afterSettle", () => {
      $$("[data-asks]", form).forEach((said) => { const why = $(".return-reason", said.closest(".return-line")); if (why) why.open = true; });
    });
    document.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.elt !== saver) return;
      busy = false;
      if (sender) { const button = sender; sender = null; setTimeout(() => form.requestSubmit(button), 0); }
    });
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (busy) { event.preventDefault(); sender = event.submitter; return; }
      leaving = true;
      pack();
    });
    addEventListener("pageshow", () => { leaving = false; });
  }

  /* Copying the reminder ------------------------------------------------------------------------ */
  async function copy(field) {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      document.execCommand("copy");
    }
  }
  for (const button of $$("[data-copy]")) {
    button.addEventListener("click", async () => {
      await copy($(button.dataset.copy));
      $("#copied").textContent = "已复制，可以粘贴到微信群。";
    });
  }
  for (const sending of $$("[data-copy-on-submit]")) {
    sending.addEventListener("submit", async (event) => {
      if (sending.dataset.copied) return;
      event.preventDefault();
      await copy($(sending.dataset.copyOnSubmit));
      sending.dataset.copied = "yes";
      sending.requestSubmit(event.submitter);
    });
  }
})();
