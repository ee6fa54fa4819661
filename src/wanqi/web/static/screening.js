/* Copies a text for a group chat; where the browser refuses, the text is selected so that the keys copy it. */
(() => {
  "use strict";
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.querySelector(button.dataset.copy);
    const said = document.getElementById("copied");
    field.focus();
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "已复制，可以粘贴到微信群。";
    } catch (refused) {
      said.textContent = document.execCommand && document.execCommand("copy") ? "已复制，可以粘贴到微信群。" : "已选中全文，请按 Ctrl+C 复制。";
    }
  });
})();
