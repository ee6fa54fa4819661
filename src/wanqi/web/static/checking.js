/* 报送前核对: counting what was pasted, waiting, and jumping between a figure and what was said about it. */
(() => {
  "use strict";
  const $ = (query, root = document) => root.querySelector(query);
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  const form = $("#check-form");

  /* Jumping: what is folded opens, the place is shown in the middle and takes the focus ------------ */
  function jump(id) {
    const place = document.getElementById(id);
    if (!place) return false;
    for (let around = place; around; around = around.parentElement) {
      if (around.tagName === "DETAILS") around.open = true;
    }
    document.querySelectorAll(".is-here").forEach((one) => one.classList.remove("is-here"));
    const shown = place.classList.contains("anchor") && place.nextElementSibling ? place.nextElementSibling : place;
    shown.classList.add("is-here");
    if (shown.tagName === "DETAILS") $("summary", shown).focus({ preventScroll: true });
    else {
      if (!shown.matches("a, button, [tabindex]")) shown.tabIndex = -1;
      shown.focus({ preventScroll: true });
    }
    shown.scrollIntoView({ block: shown.tagName === "DETAILS" ? "start" : "center" });
    return true;
  }
  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[data-jump]");
    if (link && jump(link.getAttribute("href").slice(1))) event.preventDefault();
  });
  if (!form) return;

  /* How much was pasted, and whether a file is chosen ----------------------------------------------- */
  const text = $("#id_text");
  const file = $("#id_file");
  const said = $("[data-count]");
  const clear = $("[data-clear]");
  const most = Number(form.dataset.most);
  function count() {
    const length = [...text.value].length;
    said.textContent = length ? `已有 ${grouped(length)} 字${length > most ? `，超过 ${grouped(most)} 字的上限，请分几次核对` : ""}` : "";
    clear.hidden = !file.files.length;
  }
  text.addEventListener("input", count);
  file.addEventListener("change", count);
  clear.addEventListener("click", () => { file.value = ""; count(); file.focus(); });
  addEventListener("pageshow", count);

  /* Waiting, and the result when it has come ---------------------------------------------------------- */
  const working = $("[data-working]");
  const isOurs = (event) => event.detail.target && event.detail.target.id === "checked";
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isOurs(event)) return;
    const chosen = file.files[0];
    working.textContent = chosen ? `正在读取并核对《${chosen.name}》……` : `正在核对 ${grouped([...text.value].length)} 字……`;
    working.hidden = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (isOurs(event)) working.hidden = true;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!isOurs(event)) return;
    const first = $("#checked .error-list") || $("#result");
    if (!first) return;
    first.focus({ preventScroll: true });
    $("#checked").scrollIntoView({ block: "start" });
  });
})();
