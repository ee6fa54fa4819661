// What is typed into a form stays in this tab until it was taken: a sign-in that lapsed meanwhile loses nothing but the file.
(() => {
  "use strict";
  const form = document.querySelector("form[data-kept]");
  if (!form) return;
  // Of this reader only: whoever signs in next in the same tab is not shown it, and ends it.
  const own = `kept ${form.dataset.kept} `, key = `${own}${location.pathname}${location.search}`;
  try {
    for (const one of Object.keys(sessionStorage)) {
      if (one.startsWith("kept ") && !one.startsWith(own)) sessionStorage.removeItem(one);
    }
  } catch { /* not allowed here: nothing is kept either */ }
  const fields = () => [...form.elements].filter((one) => one.name && !["hidden", "file", "submit"].includes(one.type));
  const values = (one) => (one.multiple ? [...one.selectedOptions].map((each) => each.value) : [one.value]);
  const files = () => [...form.querySelectorAll("input[type=file]")].some((one) => one.files.length);

  function keep(sent) {
    const typed = Object.fromEntries(fields().map((one) => [one.name, values(one)]));
    try {
      sessionStorage.setItem(key, JSON.stringify({ typed, sent, file: files() }));
    } catch { /* no room, or not allowed here: the form works as it did */ }
  }
  function kept() {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  }
  // Sent and not come back by the sign-in page, by going back or by loading again: it was taken.
  function lost(one) {
    const [way] = performance.getEntriesByType("navigation");
    const signedIn = document.referrer && new URL(document.referrer).pathname.startsWith("/accounts/");
    return !one.sent || signedIn || (way && way.type !== "navigate");
  }

  const before = document.getElementById("form-errors") ? null : kept();
  if (before && lost(before)) {
    let changed = false;
    for (const one of fields()) {
      const was = before.typed[one.name];
      if (!was || String(was) === String(values(one))) continue;
      changed = true;
      if (one.multiple) for (const each of one.options) each.selected = was.includes(each.value);
      else [one.value] = was;
    }
    if (changed) {
      const said = document.createElement("div");
      said.className = "message is-info";
      said.setAttribute("role", "status");
      const words = document.createElement("p");
      words.textContent = `已恢复您刚才填写、还没有提交的内容${before.file ? "；文件请重新选择" : ""}。`;
      said.append(words);
      form.prepend(said);
    }
  } else if (before) {
    sessionStorage.removeItem(key);
  }
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", () => keep(true));
})();
