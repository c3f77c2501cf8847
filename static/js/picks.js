// Judging by hand: keys that press the page's own buttons, which may be turned off, and no more chips an entry than fit.
const OFF = "clorp-judging-keys-off";
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const toggle = document.querySelector("[data-keys]");

function remembered() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function remember() {
  try {
    if (toggle.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // Storage is full or forbidden: the choice holds for this page.
  }
}

// An arrow scrolls a long line of code first, where that has the focus.
function scrolls(event) {
  return event.key.startsWith("Arrow") && event.target.scrollWidth > event.target.clientWidth;
}

function onKey(event) {
  const isFree = !event.defaultPrevented && !event.repeat && !event.target.closest?.(TYPING);
  if (!toggle.checked || !isFree || scrolls(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const button = document.querySelector(`button[data-key="${CSS.escape(key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
}

// What can't be chosen any more is greyed; the server counts again.
function bound(box) {
  const chips = [...box.querySelectorAll("input[type=checkbox]")];
  const isFull = chips.filter((chip) => chip.checked).length >= Number(box.dataset.chipsMax);
  for (const chip of chips) chip.disabled = isFull && !chip.checked;
}

for (const box of document.querySelectorAll("[data-chips-max]")) {
  bound(box);
  box.addEventListener("change", () => bound(box));
}
if (toggle) {
  toggle.checked = !remembered();
  toggle.addEventListener("change", remember);
  document.addEventListener("keydown", onKey);
}
