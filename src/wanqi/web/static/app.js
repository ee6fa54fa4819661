/* The desk's own behaviour: drawer with an address, filters in the URL, charts, messages, keys. No inline code anywhere. */
(() => {
  "use strict";
  const $ = (query, root = document) => root.querySelector(query);
  const $$ = (query, root = document) => [...root.querySelectorAll(query)];
  document.documentElement.classList.add("js");

  /* Messages ------------------------------------------------------------------------------------ */
  function say(text, code) {
    const box = document.createElement("div");
    box.className = "message is-error";
    const words = document.createElement("p");
    words.textContent = code ? `${text}（代码 ${code}）` : text;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", "关闭提示");
    close.addEventListener("click", () => box.remove());
    box.append(words, close);
    $("#alerts").replaceChildren(box);
  }
  const REFUSED = {
    400: "提交的内容读不懂，没有生效。请刷新后重试。",
    403: "没有这项权限，或页面已过期，没有生效。请刷新后重试。",
    404: "没有找到，或您无权查看。请返回列表核对。",
    409: "现在还不能这样做，没有生效。请刷新后核对。",
    413: "文件太大，没有上传。",
    429: "操作过于频繁，请稍后再试。",
    500: "系统出了问题，这一步没有生效，已保存的内容都在。请稍后重试。",
    503: "系统暂时不能用，请稍后重试。",
  };
  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    settle(event.detail.target);
    say(REFUSED[answer.status] || REFUSED[answer.status >= 500 ? 500 : 400], answer.getResponseHeader("X-Support-Code") || answer.status);
  });
  for (const lost of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(lost, (event) => {
      settle(event.detail.target);
      say("连不上服务器，这一步没有生效，已填内容仍在。请检查网络后重试。", "offline");
    });
  }

  /* Waiting: a skeleton in the drawer and a dimmed list, but only after 300 ms ------------------- */
  const waiting = new Map();
  function settle(target) {
    clearTimeout(waiting.get(target));
    waiting.delete(target);
    if (target) target.classList.remove("is-loading");
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    const target = event.detail.target;
    clearTimeout(waiting.get(target));
    waiting.set(target, setTimeout(() => {
      if (target.id !== "drawer-body") return target.classList.add("is-loading");
      const bones = document.createElement("div");
      bones.className = "skeleton";
      bones.setAttribute("aria-label", "正在读取");
      for (let row = 0; row < 8; row += 1) bones.append(document.createElement("i"));
      target.replaceChildren(bones);
      show();
    }, 300));
  });

  /* Drawer: looking deeper without losing the place; its content has an address of its own ------ */
  const drawer = $("#drawer");
  let opener = null;
  const depth = () => (history.state && history.state.drawer ? history.state.depth : 0);
  function show() {
    if (!drawer.open) drawer.showModal();
  }
  function open(url, push) {
    const done = htmx.ajax("GET", url, { target: "#drawer-body", swap: "innerHTML", headers: { "X-Drawer": "1" } });
    if (push) done.then(() => {
      if (drawer.open) history.pushState({ drawer: url, depth: depth() + 1 }, "", url);
    });
  }
  function hide() {
    if (drawer.open) drawer.close();
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  }
  function leave() {
    const steps = depth();
    if (steps) history.go(-steps); else hide();
  }
  drawer.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  drawer.addEventListener("click", (event) => { if (event.target === drawer || event.target.closest("[data-close]")) leave(); });
  document.addEventListener("htmx:afterSwap", (event) => {
    settle(event.detail.target);
    if (event.detail.target.id !== "drawer-body") return;
    show();
    drawer.scrollTop = 0;
    const title = $("#drawer-title");
    if (title) { title.tabIndex = -1; title.focus({ preventScroll: true }); }
  });
  window.addEventListener("popstate", (event) => {
    if (event.state && event.state.drawer) open(event.state.drawer, false);
    else if (drawer.open) hide();
    else location.reload();
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const page = event.target.closest("a[data-list]");
    if (page && $("#results")) {
      event.preventDefault();
      htmx.ajax("GET", page.getAttribute("href"), { target: "#results", swap: page.dataset.list === "top" ? "outerHTML show:#results:top" : "outerHTML" });
      return;
    }
    let link = event.target.closest("a[data-drawer]");
    if (!link && !event.target.closest("a, button, input, label, select, summary, .unknown")) {
      const row = event.target.closest("tr[data-row]");
      if (row && !String(getSelection())) link = $("a[data-drawer]", row);
    }
    if (!link) return;
    event.preventDefault();
    if (!drawer.open) opener = link;
    open(link.getAttribute("href"), true);
  });

  /* Filters: the address says what the list shows ----------------------------------------------- */
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.detail.elt.closest("form[data-filters]");
    if (!form || event.detail.verb !== "get") return;
    for (const [name, value] of [...event.detail.formData.entries()]) {
      const kept = $(`[name="${name}"]`, form);
      if (value === "" && !(kept && kept.hasAttribute("data-keep-empty"))) event.detail.formData.delete(name);
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { target, pathInfo, successful } = event.detail;
    if (!successful || !target || !target.hasAttribute("data-address")) return;
    const address = pathInfo.finalRequestPath;
    history.pushState({ list: true }, "", address);
    const asked = new URL(address, location.href).searchParams;
    for (const field of $$("form[data-filters] [name]")) {
      if (field !== document.activeElement) field.value = asked.get(field.name) || "";
    }
  });

  /* Selection: the bulk bar appears with the first picked row ----------------------------------- */
  document.addEventListener("change", (event) => {
    const box = event.target;
    const form = box.form;
    if (form && form.hasAttribute("data-autosubmit")) return form.requestSubmit();
    if (!box.closest(".pick")) return undefined;
    const area = box.closest("[data-pickable]");
    const boxes = $$("tbody .pick input", area);
    if (box.hasAttribute("data-all")) boxes.forEach((each) => { each.checked = box.checked; });
    const picked = boxes.filter((each) => each.checked);
    boxes.forEach((each) => each.closest("tr").classList.toggle("is-picked", each.checked));
    $(".bulk", area).hidden = !picked.length;
    $("[data-picked]", area).textContent = picked.length;
    return undefined;
  });

  /* Confirm: only for what cannot be undone; the consequence stands in data-confirm ------------- */
  document.addEventListener("submit", (event) => {
    const text = (event.submitter && event.submitter.dataset.confirm) || event.target.dataset.confirm;
    if (!text || event.target.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const dialog = $("#confirm");
    $("#confirm-text").textContent = text;
    dialog.onclick = (press) => {
      const answer = press.target.dataset.answer;
      if (!answer) return;
      dialog.close();
      if (answer !== "yes") return;
      event.target.dataset.confirmed = "yes";
      event.target.requestSubmit(event.submitter);
      delete event.target.dataset.confirmed;
    };
    dialog.showModal();
  }, true);

  /* Charts: an ECharts option as a JSON data block, drawn with the desk's colours ---------------- */
  const grouped = (value) => (value === null || value === undefined || value === "-" ? "—"
    : String(value).replace(/^-/, "−").replace(/\B(?=(\d{3})+(?!\d))/g, (match, _, at, whole) => (whole.indexOf(".") >= 0 && at > whole.indexOf(".") ? "" : ",")));
  function draw(root) {
    for (const box of $$("[data-chart]", root)) {
      const data = document.getElementById(box.dataset.chart);
      if (!data || !window.echarts || echarts.getInstanceByDom(box)) continue;
      const option = JSON.parse(data.textContent);
      const paper = matchMedia("print").matches;
      const chart = echarts.init(box, null, { renderer: paper ? "svg" : "canvas" });
      chart.setOption({
        color: ["#1b57b3", "#9aa5b5", "#b97a0a", "#6f9adb", "#bcd2f1"],
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: "#1c2534" },
        animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
        ...option,
        tooltip: option.tooltip === null ? undefined : { trigger: "axis", confine: true, valueFormatter: grouped, ...option.tooltip, renderMode: "richText" },
      });
      addEventListener("resize", () => chart.resize());
      addEventListener("beforeprint", () => chart.resize());
      chart.on("click", (event) => { if (event.data && event.data.url) open(event.data.url, true); });
    }
  }

  /* Keys and small things ----------------------------------------------------------------------- */
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest("input, textarea, select, dialog")) {
      const search = $("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (event.key === "Escape") $$("details[open]").forEach((menu) => {
      if (menu.contains(document.activeElement)) { menu.open = false; $("summary", menu).focus(); }
    });
  });
  document.addEventListener("click", (event) => {
    $$("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (event.target.closest("[data-print]")) print();
    const more = event.target.closest("[data-toggle-filters]");
    if (more) more.setAttribute("aria-expanded", more.closest("form").classList.toggle("is-open"));
  });
  /* Parts of a list that take longer come behind it, each to the place of its id; one whose place is gone is dropped. */
  async function fill(root) {
    for (const place of $$("[data-parts]", root)) {
      const answer = await fetch(place.dataset.parts, { headers: { "HX-Request": "true" } }).catch(() => null);
      if (!answer || !answer.ok) continue;
      const parts = document.createElement("template");
      parts.innerHTML = await answer.text();
      for (const part of [...parts.content.children]) {
        const there = place.isConnected && document.getElementById(part.id);
        if (there) { there.replaceWith(part); htmx.process(part); }
      }
    }
  }
  document.addEventListener("htmx:load", (event) => { draw(event.detail.elt); if (event.detail.elt !== document.body) fill(event.detail.elt); });
  addEventListener("DOMContentLoaded", () => {
    draw(document);
    fill(document);
    $$("[data-pickable] .bulk").forEach((bar) => { bar.hidden = true; });
    const errors = $("#form-errors");
    if (errors) errors.focus();
  });
  document.addEventListener("htmx:afterSwap", (event) => $$(".bulk", event.detail.target).forEach((bar) => { bar.hidden = true; }));
})();
