/* A breakdown's sum as it is typed, against the whole it should add to. Numbers are added as tenths of millionths. */
(() => {
  "use strict";
  const PLACES = 8;
  const SCALE = 10n ** BigInt(PLACES);
  function read(text) {
    const plain = text.normalize("NFKC").replace(/[,\s%]/g, "").replace("−", "-");
    const found = /^(-?)(\d+)(?:\.(\d{0,8}))?$/.exec(plain);
    if (!found) return null;
    const whole = BigInt(found[2]) * SCALE + BigInt((found[3] || "").padEnd(PLACES, "0"));
    return found[1] ? -whole : whole;
  }
  function write(value) {
    const size = value < 0n ? -value : value;
    const whole = String(size / SCALE).replace(/\B(?=(\d{3})+$)/g, ",");
    const part = String(size % SCALE).padStart(PLACES, "0").replace(/0+$/, "");
    return (value < 0n ? "−" : "") + whole + (part ? `.${part}` : "");
  }
  for (const form of document.querySelectorAll("[data-breakdown]")) {
    const sum = form.querySelector("[data-sum]");
    const gap = form.querySelector("[data-gap]");
    const unit = form.dataset.unit;
    const show = () => {
      const values = [...form.querySelectorAll("[data-part]")].filter((one) => one.value.trim()).map((one) => read(one.value));
      if (!values.length) { sum.textContent = "—"; gap.textContent = "还没有填分项"; return; }
      if (values.includes(null)) { sum.textContent = "—"; gap.textContent = "有一格不是数，合计算不出"; return; }
      const total = values.reduce((one, other) => one + other, 0n);
      sum.textContent = write(total);
      const basis = form.elements.basis ? form.elements.basis.value : "whole";
      const asked = read(basis === "gain" ? form.dataset.gain : form.dataset.whole);
      if (asked === null) { gap.textContent = "没有总目标，无法比较"; return; }
      const whole = asked * BigInt(form.dataset.scale);
      const off = total - whole;
      const against = `总目标${write(whole)}${unit}`;
      if (form.elements.adding.value === "overlap") gap.textContent = `${against}；分项互有重叠，合计不等于总目标`;
      else if (off === 0n) gap.textContent = `与${against}相等`;
      else gap.textContent = `比${against}${off > 0n ? "多" : "少"}${write(off < 0n ? -off : off)}${unit}`;
    };
    form.addEventListener("input", show);
    form.addEventListener("change", show);
    show();
  }
})();
