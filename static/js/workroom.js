// The workroom: words counted, a look at how it will read, a last call, and at the bell the form freezes with all that
// was typed still in it.
import { serverNow } from "./clock.js";
import { fillTray } from "./tray.js";

const CALL_SECONDS = [60, 30, 10];
const PREVIEW_AFTER_MS = 600;

const form = document.querySelector("form[data-workroom]");
const count = document.querySelector("[data-word-count]");

function countWords() {
  const words = form.elements.body.value.trim().split(/\s+/).filter(Boolean).length;
  count.textContent = `${words} ${words === 1 ? "word" : "words"}`;
}

// The same steps that are read aloud; in between the line stays as it is.
function callLast(seconds) {
  const step = seconds > 0 && CALL_SECONDS.findLast((most) => seconds <= most);
  form.querySelector("[data-last-call]").textContent = step ? `Less than ${step} seconds left: send what you have.` : "";
}

function watchPreview() {
  const preview = form.querySelector("[data-preview]");
  const shown = preview.querySelector("[data-preview-text]");
  let waiting;
  async function show() {
    if (!preview.open) return;
    const sent = new URLSearchParams({ body: form.elements.body.value });
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    try {
      const answer = await fetch(preview.dataset.preview, { method: "POST", body: sent, headers });
      // What comes has been through the site's allow-list, as everybody's text has.
      if (answer.ok) shown.innerHTML = await answer.text();
      else shown.textContent = "No preview of this.";
    } catch {
      shown.textContent = "No connection. What you wrote is kept in this browser.";
    }
  }
  preview.addEventListener("toggle", show);
  form.elements.body.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PREVIEW_AFTER_MS);
  });
}

function watchBell() {
  const left = (Date.parse(form.dataset.bell) - serverNow()) / 1000;
  callLast(left);
  if (left > 0) return;
  clearInterval(watch);
  form.elements.body.readOnly = true;
  form.querySelector("[data-send]").disabled = true;
  form.querySelector(".either > .actions").classList.add("unseen");
  form.querySelector("[data-after-bell]").classList.remove("unseen");
  for (const late of document.querySelectorAll("[data-until-bell]")) late.classList.add("unseen");
}

let watch;
if (form) {
  form.addEventListener("input", countWords);
  countWords();
  watchPreview();
  fillTray(form);
  watch = setInterval(watchBell, 500);
}
