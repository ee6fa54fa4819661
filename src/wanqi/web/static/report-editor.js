/* 起草: a paragraph as text with figures as chips, looking for a figure, saving as typed, what somebody else wrote. */
(() => {
  "use strict";
  const $ = (query, root = document) => root.querySelector(query);
  const $$ = (query, root = document) => [...root.querySelectorAll(query)];
  const GAP = "\u200b"; /* a place for the caret beside a chip; never kept */
  const TAG = /\{[^{}]*\}/g;
  const editors = new Map();

  /* Text and chips ------------------------------------------------------------------------------ */
  function chipOf(tag, known) {
    const chip = document.createElement("span");
    chip.className = "figure-chip";
    chip.contentEditable = "false";
    chip.tabIndex = 0;
    chip.dataset.tag = tag;
    const told = known[tag];
    chip.textContent = told ? told.display : tag;
    chip.title = told ? told.title : "没有这个数字";
    chip.setAttribute("aria-label", `数字 ${chip.textContent}，${chip.title}`);
    if (!told || !told.known) chip.classList.add("is-missing");
    return chip;
  }
  function fill(box, text, known) {
    box.replaceChildren();
    let at = 0;
    for (const found of text.matchAll(TAG)) {
      if (found.index > at) box.append(text.slice(at, found.index));
      box.append(chipOf(found[0], known));
      at = found.index + found[0].length;
    }
    if (at < text.length) box.append(text.slice(at));
    gaps(box);
  }
  function textOf(node) {
    let text = "";
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) text += child.data.replaceAll(GAP, "").replaceAll("\u00a0", " ");
      else if (child.dataset && child.dataset.tag) text += child.dataset.tag;
      else text += textOf(child);
    }
    return text;
  }
  const isChip = (node) => Boolean(node && node.dataset && node.dataset.tag);
  function gaps(box) {
    for (const chip of $$(".figure-chip", box)) {
      if (!chip.previousSibling || isChip(chip.previousSibling)) chip.before(GAP);
      if (!chip.nextSibling) chip.after(GAP);
    }
  }

  /* The caret ------------------------------------------------------------------------------------ */
  function caretAt(node, offset) {
    const range = document.createRange();
    range.setStart(node, offset);
    range.collapse(true);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }
  function caretAfter(chip) {
    if (!chip.nextSibling || isChip(chip.nextSibling)) chip.after(GAP);
    const next = chip.nextSibling;
    chip.closest(".editor-box").focus();
    caretAt(next, next.data.startsWith(GAP) ? 1 : 0);
  }
  function besideCaret(box, before) {
    const selection = getSelection();
    if (!selection.isCollapsed || !selection.rangeCount) return null;
    let { startContainer: node, startOffset: offset } = selection.getRangeAt(0);
    if (!box.contains(node)) return null;
    if (node === box) {
      node = before ? box.childNodes[offset - 1] : box.childNodes[offset];
    } else {
      const rest = before ? node.data.slice(0, offset) : node.data.slice(offset);
      if (rest.replaceAll(GAP, "")) return null;
      node = before ? node.previousSibling : node.nextSibling;
    }
    while (node && node.nodeType === Node.TEXT_NODE && !node.data.replaceAll(GAP, "")) node = before ? node.previousSibling : node.nextSibling;
    return isChip(node) ? node : null;
  }
  function remove(box, chip) {
    const after = document.createTextNode(GAP);
    chip.replaceWith(after);
    box.focus();
    caretAt(after, 1);
    touched(box);
  }
  /* One step is one character, or one whole chip. */
  function move(box, chip, left) {
    const text = (node) => node && node.nodeType === Node.TEXT_NODE;
    const side = () => (left ? chip.previousSibling : chip.nextSibling);
    while (text(side()) && !side().data.replaceAll(GAP, "")) side().remove();
    const other = side();
    if (!other) { gaps(box); return chip.focus(); }
    if (!text(other)) {
      if (left) other.before(chip); else other.after(chip);
    } else {
      const chars = [...other.data.replaceAll(GAP, "")];
      const moved = left ? chars.pop() : chars.shift();
      other.data = chars.join("");
      if (left) chip.after(moved); else chip.before(moved);
    }
    box.normalize();
    gaps(box);
    chip.focus();
    return touched(box);
  }

  /* Saving as typed ------------------------------------------------------------------------------ */
  const LOOSE = window.CSS && CSS.highlights && window.Highlight ? new Highlight() : null;
  if (LOOSE) CSS.highlights.set("loose", LOOSE);
  function markLoose(editor, words) {
    if (!LOOSE) return;
    for (const range of editor.ranges) LOOSE.delete(range);
    editor.ranges = [];
    const walker = document.createTreeWalker(editor.box, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement !== editor.box) continue;
      for (const word of words) {
        for (let at = node.data.indexOf(word); at >= 0; at = node.data.indexOf(word, at + word.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, at + word.length);
          LOOSE.add(range);
          editor.ranges.push(range);
        }
      }
    }
  }
  function say(editor, words, wrong) {
    editor.status.textContent = words;
    editor.status.classList.toggle("is-wrong", Boolean(wrong));
    editor.box.classList.toggle("is-refused", Boolean(wrong));
  }
  function touched(box) {
    const editor = editors.get(box);
    if (!editor) return;
    editor.field.value = textOf(box);
    editor.dirty = editor.field.value !== editor.kept;
    if (!editor.saves) return;
    clearTimeout(editor.timer);
    if (!editor.dirty) return;
    say(editor, "还没有保存……");
    editor.timer = setTimeout(() => save(editor), 1200);
  }
  async function save(editor) {
    clearTimeout(editor.timer);
    if (editor.busy) { editor.again = true; return; }
    if (!editor.dirty || editor.stopped) return;
    editor.busy = true;
    const sent = editor.field.value;
    say(editor, "正在保存……");
    try {
      const answer = await fetch(editor.form.action, {
        method: "POST",
        body: new FormData(editor.form),
        headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
        credentials: "same-origin",
      });
      const type = answer.headers.get("Content-Type") || "";
      const told = type.includes("json") ? await answer.json() : { messages: [] };
      if (answer.ok && type.includes("json")) keep(editor, sent, told);
      else if (told.other) conflict(editor, told);
      else say(editor, `没有保存，文字仍在：${told.messages.join("") || "请刷新后重试，或先复制下来。"}`, true);
    } catch {
      say(editor, "没有保存：连不上服务器，文字仍在本页。请检查网络，改动后会再试。", true);
    }
    editor.busy = false;
    if (editor.again) { editor.again = false; save(editor); }
  }
  function keep(editor, sent, told) {
    editor.seen.value = told.version;
    editor.kept = sent;
    editor.dirty = editor.field.value !== sent;
    say(editor, told.missing.length ? `已保存 ${told.at}；没有数据，写不出来：${told.missing.join("；")}` : `已保存 ${told.at}`, told.missing.length);
    const line = $("[data-loose]", editor.form);
    line.textContent = told.loose.length ? `未关联数据：${told.loose.map((one) => (one.reason ? `${one.words}（${one.reason}）` : one.words)).join("、")}` : "";
    markLoose(editor, told.loose.map((one) => one.words));
    if (editor.dirty) touched(editor.box);
  }
  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }
  function conflict(editor, told) {
    editor.stopped = true;
    say(editor, `没有保存：${told.messages.join("")}`, true);
    Object.assign(editor.known, told.other.chips);
    const box = $("[data-conflict]", editor.form);
    const head = document.createElement("p");
    head.append(Object.assign(document.createElement("b"), { textContent: `${told.other.who}在${told.other.at}保存的一稿：` }));
    const theirs = document.createElement("p");
    theirs.className = "said-by";
    fill(theirs, told.other.text, editor.known);
    $$(".figure-chip", theirs).forEach((chip) => chip.removeAttribute("tabindex"));
    const done = () => { box.hidden = true; editor.stopped = false; editor.seen.value = told.other.version; };
    const buttons = document.createElement("div");
    buttons.className = "editor-tools";
    buttons.append(
      button("用我的一稿替换", () => { done(); editor.kept = told.other.text; touched(editor.box); editor.dirty = true; save(editor); }),
      button("用对方的一稿", () => { done(); fill(editor.box, told.other.text, editor.known); editor.kept = told.other.text; touched(editor.box); say(editor, "已换成对方的一稿"); editor.box.focus(); }),
    );
    const mine = Object.assign(document.createElement("p"), { className: "secondary", textContent: "上面框里是您的一稿，还没有保存。替换以后，对方的一稿仍在版本里。" });
    box.replaceChildren(head, theirs, mine, buttons);
    box.hidden = false;
    buttons.firstChild.focus();
  }

  /* One editor for each field --------------------------------------------------------------------- */
  function begin(field) {
    const form = field.form;
    const data = document.getElementById(field.dataset.chips || form.dataset.chips || "");
    const known = data ? JSON.parse(data.textContent) : {};
    const box = document.createElement("div");
    box.className = "editor-box";
    box.contentEditable = "true";
    box.setAttribute("role", "textbox");
    box.setAttribute("aria-multiline", "false");
    const label = $(`label[for="${field.id}"]`);
    box.setAttribute("aria-label", label ? label.textContent.trim() : "文字");
    fill(box, field.value, known);
    field.hidden = true;
    field.before(box);
    const editor = {
      box, field, form, known, kept: textOf(box), dirty: false, timer: 0, busy: false, again: false, stopped: false, ranges: [],
      saves: form.hasAttribute("data-editor"), seen: $("[name=seen]", form), status: $("[data-status]", form) || document.createElement("span"), last: null,
    };
    editor.kept = field.value;
    editors.set(box, editor);
    markLoose(editor, $$("mark.loose", form).map((one) => one.textContent));
    box.addEventListener("input", () => touched(box));
    box.addEventListener("blur", () => { if (editor.saves && editor.dirty) save(editor); });
    box.addEventListener("paste", (event) => {
      event.preventDefault();
      const text = event.clipboardData.getData("text/plain").replace(/\s*[\r\n]+\s*/g, "").replaceAll("\t", " ");
      const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
      if (!range || !box.contains(range.startContainer)) return;
      range.deleteContents();
      const node = document.createTextNode(text);
      range.insertNode(node);
      caretAt(node, node.length);
      touched(box);
    });
    box.addEventListener("drop", (event) => event.preventDefault());
    box.addEventListener("keydown", (event) => keys(editor, event));
  }
  function keys(editor, event) {
    const { box } = editor;
    const chip = isChip(event.target) ? event.target : null;
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (chip) open(editor, chip);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open(editor, chip);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      save(editor);
    } else if (event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      const near = chip || besideCaret(box, true) || besideCaret(box, false);
      if (near) { event.preventDefault(); move(box, near, event.key === "ArrowLeft"); }
    } else if (event.key === "Backspace" || event.key === "Delete") {
      const near = chip || besideCaret(box, event.key === "Backspace");
      if (near) { event.preventDefault(); remove(box, near); }
    } else if (chip && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      event.preventDefault();
      if (event.key === "ArrowRight") caretAfter(chip);
      else { gaps(box); const before = chip.previousSibling; box.focus(); caretAt(before, before.data.length); }
    }
  }

  /* Looking for a figure --------------------------------------------------------------------------- */
  const finder = $("#finder");
  const asked = $("#finder-q");
  const list = finder && $("[data-finder-list]", finder);
  const told = finder && $("[data-finder-status]", finder);
  let target = null;
  let replaced = null;
  let waiting = 0;
  let turn = 0;
  function open(editor, chip) {
    if (!finder) return;
    target = editor;
    replaced = chip || null;
    const selection = getSelection();
    editor.last = selection.rangeCount && editor.box.contains(selection.getRangeAt(0).startContainer) ? selection.getRangeAt(0).cloneRange() : editor.last;
    asked.value = chip ? chip.title.replace(/[（：].*$/, "") : "";
    finder.showModal();
    asked.focus();
    asked.select();
    look();
  }
  async function look() {
    const words = asked.value.trim();
    const mine = turn += 1;
    if (!words) { list.replaceChildren(); told.textContent = "输入指标的名称或单位。"; return; }
    told.textContent = "正在查找……";
    try {
      const answer = await fetch(`${$("[data-find]").dataset.find}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { found } = await answer.json();
      if (mine !== turn) return;
      list.replaceChildren(...found.map(offer));
      told.textContent = found.length ? `找到 ${found.length} 个指标，选一种写法。` : "没有找到。换一个词，或在报数、台账里先有这个数。";
    } catch {
      if (mine === turn) told.textContent = "没有查到：连不上服务器，请稍后再试。";
    }
  }
  function offer(one) {
    const line = document.createElement("li");
    line.append(Object.assign(document.createElement("b"), { textContent: `${one.title}（${one.unit}）${one.grade ? ` ${one.grade}` : ""}` }));
    for (const form of one.forms) {
      const made = document.createElement("button");
      made.type = "button";
      made.append(form.display, Object.assign(document.createElement("small"), { textContent: form.form }));
      made.addEventListener("click", () => take(form));
      line.append(made);
    }
    return line;
  }
  function take(form) {
    const editor = target;
    const titled = $("[data-find]").hasAttribute("data-titles"); /* a template has no period, so no values */
    editor.known[form.tag] = { display: titled ? form.title : form.display, title: form.title, known: form.known };
    const chip = chipOf(form.tag, editor.known);
    finder.close();
    if (replaced && replaced.isConnected) replaced.replaceWith(chip);
    else if (editor.last && editor.box.contains(editor.last.startContainer)) { editor.last.deleteContents(); editor.last.insertNode(chip); }
    else editor.box.append(chip);
    gaps(editor.box);
    caretAfter(chip);
    touched(editor.box);
  }
  if (finder) {
    asked.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 200); });
    $("[data-finder-close]", finder).addEventListener("click", () => finder.close());
    finder.addEventListener("close", () => { if (target) target.box.focus(); });
    finder.addEventListener("keydown", (event) => {
      const stops = [asked, ...$$("button", list)];
      const at = stops.indexOf(document.activeElement);
      if (event.isComposing || at < 0) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        stops[Math.max(0, Math.min(stops.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))].focus();
      } else if (event.key === "Enter" && !at && stops[1]) {
        event.preventDefault();
        stops[1].click();
      }
    });
  }

  /* The page ----------------------------------------------------------------------------------------- */
  $$("[data-editor] textarea, textarea[data-chips]").forEach(begin);
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    if (!selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    for (const editor of editors.values()) if (editor.box.contains(range.startContainer) && !isChip(range.startContainer.parentElement)) editor.last = range.cloneRange();
  });
  document.addEventListener("click", (event) => {
    const insert = event.target.closest("[data-insert]");
    const chip = event.target.closest(".editor-box .figure-chip");
    if (insert) open(editors.get($(".editor-box", insert.closest("[data-editor], [data-clause]"))), null);
    else if (chip) chip.focus();
  });
  document.addEventListener("dblclick", (event) => {
    const chip = event.target.closest(".editor-box .figure-chip");
    if (chip) open(editors.get(chip.closest(".editor-box")), chip);
  });
  document.addEventListener("submit", (event) => {
    const editor = [...editors.values()].find((one) => one.form === event.target);
    if (!editor || !editor.saves) { editors.forEach((one) => { one.dirty = false; }); return; }
    event.preventDefault();
    save(editor);
    if (!editor.dirty && !editor.stopped) say(editor, editor.status.textContent || "没有改动");
  });
  addEventListener("beforeunload", (event) => {
    if ([...editors.values()].some((one) => one.saves && one.dirty)) event.preventDefault();
  });
})();
