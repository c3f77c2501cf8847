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
  let waiting, asking;
  async function show() {
    if (!preview.open) return;
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const sent = new URLSearchParams({ body: form.elements.body.value });
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    try {
      const answer = await fetch(preview.dataset.preview, { method: "POST", body: sent, headers, signal, redirect: "manual" });
      // What comes has been through the site's allow-list, as everybody's text has. Whoever was signed out meanwhile is
      // led elsewhere, and that page has no place here.
      if (answer.ok) shown.innerHTML = await answer.text();
      else shown.textContent = "No preview of this now.";
    } catch {
      if (!signal.aborted) shown.textContent = "No connection. What you wrote is still in the box.";
    }
  }
  preview.addEventListener("toggle", show);
  form.elements.body.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PREVIEW_AFTER_MS);
  });
}

// A bell that was moved may be heard of after the old one: then what was frozen goes on.
let isOver = false;
function watchBell() {
  const left = (Date.parse(form.dataset.bell) - serverNow()) / 1000;
  callLast(left);
  if (left <= 0 === isOver) return;
  isOver = left <= 0;
  form.elements.body.readOnly = isOver;
  form.querySelector("[data-send]").disabled = isOver;
  form.dispatchEvent(new Event("bell"));
  form.querySelector(".either > .actions").classList.toggle("unseen", isOver);
  form.querySelector("[data-after-bell]").classList.toggle("unseen", !isOver);
  for (const late of document.querySelectorAll("[data-until-bell]")) late.classList.toggle("unseen", isOver);
}

// Moderators may move the bell while somebody writes; the live part brings it.
function followBell() {
  const moved = document.querySelector("[data-live] [data-bell]")?.dataset.bell;
  if (!moved || moved === form.dataset.bell) return;
  form.dataset.bell = moved;
  for (const face of document.querySelectorAll("#work time[data-countdown]")) face.dateTime = moved;
}

if (form) {
  form.addEventListener("input", countWords);
  countWords();
  watchPreview();
  fillTray(form);
  document.addEventListener("htmx:after:swap", followBell);
  setInterval(watchBell, 500);
}
