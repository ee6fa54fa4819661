/* Levels of clauses by the keyboard: Alt+→ one down, Alt+← one up, and what hangs on the clause moves with it. */
(() => {
  "use strict";
  const DEEPEST = 8;
  for (const form of document.querySelectorAll("[data-clauses]")) {
    const lines = [...form.querySelectorAll("[data-line]")];
    const field = (line) => line.querySelector('select[name="depth"]');
    const depth = (line) => Number(field(line).value);
    const show = (line) => {
      line.className = line.className.replace(/is-depth-\d/, `is-depth-${depth(line)}`);
    };
    const move = (line, by) => {
      const at = lines.indexOf(line);
      const own = depth(line);
      const most = at ? Math.min(DEEPEST, depth(lines[at - 1]) + 1) : 0;
      const wanted = Math.max(0, Math.min(most, own + by));
      if (wanted === own) return;
      let end = at + 1;
      while (end < lines.length && depth(lines[end]) > own) end += 1;
      for (const one of lines.slice(at, end)) {
        field(one).value = String(Math.min(DEEPEST, depth(one) + wanted - own));
        show(one);
      }
    };
    form.addEventListener("keydown", (event) => {
      const line = event.target.closest("[data-line]");
      if (!line || !event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
      event.preventDefault();
      move(line, event.key === "ArrowRight" ? 1 : -1);
    });
    form.addEventListener("change", (event) => {
      const line = event.target.closest("[data-line]");
      if (line && event.target.name === "depth") show(line);
    });
  }
})();
