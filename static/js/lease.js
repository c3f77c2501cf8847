// Reading a case's page renews the hold on it; so whoever types here for long has it read again by the way.
const EVERY_MILLISECONDS = 240_000;
let renewed = Date.now();

for (const form of document.querySelectorAll("[data-renews]")) {
  form.addEventListener("input", () => {
    const since = Date.now() - renewed;
    // If the clock was set back, renew at once.
    if (since >= 0 && since < EVERY_MILLISECONDS) return;
    renewed = Date.now();
    fetch(form.dataset.renews, { method: "HEAD" }).catch(() => {});
  });
}
