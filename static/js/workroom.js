// The workroom: words counted, how it will read beside them, a last call, and at the bell the form freezes with all that
// was typed still in it.
import { saveDrafts } from "./autosave.js";
import { serverNow } from "./clock.js";
import { isKept } from "./draft.js";
import { awaitFiles } from "./files.js";

const CALL_SECONDS = [60, 30, 10];
const PREVIEW_AFTER_MS = 1000;
// Time for a last save to arrive before the bell.
const LAST_SAVE_SECONDS = 1.5;

const form = document.querySelector("form[data-workroom]");
const count = document.querySelector("[data-word-count]");
let draft;

function countWords() {
  const words = form.elements.body.value.trim().split(/\s+/).filter(Boolean).length;
  count.textContent = (words === 1 ? count.dataset.one : count.dataset.other).replace("{count}", words);
}

// The same steps that are read aloud; in between the line stays as it is.
function callLast(seconds) {
  const step = seconds > 0 && CALL_SECONDS.findLast((most) => seconds <= most);
  const line = form.querySelector("[data-last-call]");
  const call = form.elements.at_bell.checked ? line.dataset.draftCall : line.dataset.sendCall;
  line.textContent = step ? call.replace("{seconds}", step) : "";
}

function watchPreview() {
  const panes = form.querySelector("[data-preview]");
  const shown = panes.querySelector("[data-preview-text]");
  let waiting, asking, rendered = "";
  async function show() {
    const text = form.elements.body.value;
    if (text === rendered || !shown.checkVisibility()) return;
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const sent = new URLSearchParams({ body: text });
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    try {
      const answer = await fetch(panes.dataset.preview, { method: "POST", body: sent, headers, signal, redirect: "manual" });
      // What is looked at too often is shown again later, and stands as it was meanwhile.
      if (answer.status === 429) return wait(Number(answer.headers.get("Retry-After")) * 1000);
      // What comes has been through the site's allow-list, as everybody's text has. Whoever was signed out meanwhile is
      // led elsewhere, and that page has no place here.
      if (answer.ok) shown.innerHTML = await answer.text();
      else shown.textContent = shown.dataset.none;
      rendered = text;
    } catch {
      if (!signal.aborted) shown.textContent = shown.dataset.offline;
    }
  }
  function wait(milliseconds) {
    clearTimeout(waiting);
    waiting = setTimeout(show, milliseconds);
  }
  for (const button of form.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => {
      panes.dataset.shown = button.dataset.show;
      for (const other of form.querySelectorAll("[data-show]")) other.ariaPressed = String(other === button);
      show();
    });
  }
  form.elements.body.addEventListener("input", () => wait(PREVIEW_AFTER_MS));
  window.addEventListener("resize", () => wait(PREVIEW_AFTER_MS));
  show();
}

// Marks of Markdown come with the first use of the editor: until somebody writes, the page is lighter without them.
function offerMarks(area) {
  const bar = form.querySelector("[role=toolbar]");
  let marks;
  const load = () => {
    marks ??= import("./markdown.js").then((module) => {
      module.rove(bar);
      module.markByKeys(area, bar);
      return module;
    });
    return marks;
  };
  if (area.classList.contains("code")) import("./indent.js").then((module) => module.indentByTab(area));
  form.querySelector(".write").addEventListener("focusin", load, { once: true });
  // The text keeps its selection while a button is pressed.
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("click", async (event) => {
    const tool = event.target.closest("[data-mark]");
    if (tool) (await load()).mark(area, tool);
  });
}

// What is in by now: an entry, or a draft that was ticked, has something in it and has arrived.
function isIn() {
  const { body, at_bell: tick, follows } = form.elements;
  return Number(follows.value) > 0 || (tick.checked && draft.isSaved() && !!body.value.trim() && !form.dataset.lapses);
}

// A bell that was moved may be heard of after the old one: then what was frozen goes on.
let isOver = false;
function watchBell() {
  const left = (Date.parse(form.dataset.bell) - serverNow()) / 1000;
  callLast(left);
  if (left > 0 && left < LAST_SAVE_SECONDS) draft.flush();
  if (left <= 0 === isOver) return;
  isOver = left <= 0;
  form.elements.body.readOnly = isOver;
  form.querySelector("[data-send]").disabled = isOver;
  form.dispatchEvent(new Event("bell"));
  form.querySelector("[data-before-bell]").classList.toggle("unseen", isOver);
  const outcome = isIn() ? "in" : "out";
  for (const note of form.querySelectorAll("[data-after-bell]")) {
    note.classList.toggle("unseen", !isOver || note.dataset.afterBell !== outcome);
  }
  for (const late of document.querySelectorAll("[data-until-bell]")) late.classList.toggle("unseen", isOver);
}

// Moderators may move the bell while somebody writes; the live part brings it. Once the drop is closed the page has more
// to say than this one, and is asked for if nothing that was typed would be lost by that.
function followBell() {
  const part = document.querySelector("[data-live] [data-phase]");
  if (["ranking", "still"].includes(part?.dataset.phase) && (draft.isSaved() || isKept(form))) location.reload();
  const moved = part?.dataset.bell;
  if (!moved || moved === form.dataset.bell) return;
  form.dataset.bell = moved;
  for (const face of document.querySelectorAll("#work time[data-countdown]")) face.dateTime = moved;
}

if (form) {
  const area = form.elements.body;
  form.addEventListener("input", countWords);
  countWords();
  draft = saveDrafts(form);
  offerMarks(area);
  watchPreview();
  awaitFiles(form);
  document.addEventListener("htmx:after:swap", followBell);
  setInterval(watchBell, 500);
}
