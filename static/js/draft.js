// A form with data-draft="name" keeps its text in this browser until the server says that it arrived, until its writer
// signs out, or for two weeks; but for fields with data-private. What the server has kept itself, data-draft-after says when, is older or it wins.
import { isClockSure, noticeJump, serverNow } from "./clock.js";

const PREFIX = "clorp-draft:";
const DAYS_MAX = 14;

function load(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
    return draft && Date.now() - draft.at < DAYS_MAX * 86400000 ? draft : {};
  } catch {
    return {};
  }
}

function read(name) {
  return load(name).values ?? {};
}

function write(name, values) {
  noticeJump();
  // This device's clock may be put right before the draft is read again.
  const behind = isClockSure() ? serverNow() - Date.now() : undefined;
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify({ at: Date.now(), behind, values }));
  } catch {
    // Storage is full or forbidden: the page works on without drafts.
  }
}

// When it was typed, by the server's clock.
function typedAt(name) {
  const { at = 0, behind = serverNow() - Date.now() } = load(name);
  return at + behind;
}

function isNewer({ draft, unsent, draftAfter }) {
  return !draftAfter || typedAt(draft ?? unsent) > Date.parse(draftAfter);
}

function isOld(name) {
  return !Object.keys(read(name)).length;
}

function texts(form) {
  return [...form.querySelectorAll(":is(textarea, input[type=text])[name]:not([data-private])")];
}

function restore(form) {
  // A draft is newer than the text it improves on, but older than a prompt that was just brought along.
  const wins = "draftWins" in form.dataset;
  const values = isNewer(form.dataset) ? read(form.dataset.draft) : {};
  // Nor does it lend its title or its prize to another's prompt.
  if (!wins && texts(form).some((field) => field.value && field.value !== values[field.name])) return;
  for (const field of texts(form)) if (values[field.name]) field.value = values[field.name];
}

export function forgetDraft(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing was kept, so there is nothing to forget.
  }
}

// Of all drafts, those that `goes` says of.
function sweep(goes) {
  try {
    const names = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
    names.filter(goes).forEach(forgetDraft);
  } catch {
    // Storage is forbidden, so nothing lies in it.
  }
}

// Where the form is gone, what was typed into it is still given back.
function showUnsent(box) {
  box.querySelector("[data-forget]").addEventListener("submit", () => forgetDraft(box.dataset.unsent));
  const text = isNewer(box.dataset) && Object.values(read(box.dataset.unsent)).join("\n").trim();
  if (!text) return;
  box.querySelector("textarea").value = text;
  box.hidden = false;
}

// What is said to have arrived, if it is that: what was typed after `arrived` is something else under the same name.
function finish({ dataset: { draftDone: name, arrived } }) {
  if (!arrived || typedAt(name) < Date.parse(arrived)) forgetDraft(name);
}

// Whether what stands in the form would be found again without the server.
export function isKept(form) {
  const values = read(form.dataset.draft);
  return texts(form).every((field) => values[field.name] === field.value);
}

export function forgetDrafts() {
  sweep(() => true);
}

export function keepDrafts() {
  sweep(isOld);
  document.querySelectorAll("[data-draft-done]").forEach(finish);
  document.querySelectorAll("form[data-draft]").forEach(restore);
  document.querySelectorAll("[data-unsent]").forEach(showUnsent);
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form) return;
    write(form.dataset.draft, Object.fromEntries(texts(form).map((field) => [field.name, field.value])));
  });
}
