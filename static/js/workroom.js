// The workroom: words counted, and at the bell the form freezes with all that was typed still in it.
import { serverNow } from "./clock.js";

const form = document.querySelector("form[data-workroom]");
const count = document.querySelector("[data-word-count]");

function countWords() {
  const words = form.elements.body.value.trim().split(/\s+/).filter(Boolean).length;
  count.textContent = `${words} ${words === 1 ? "word" : "words"}`;
}

function watchBell() {
  if (serverNow() < Date.parse(form.dataset.bell)) return;
  clearInterval(watch);
  form.elements.body.readOnly = true;
  form.querySelector("[data-send]").disabled = true;
  form.querySelector("[data-after-bell]").hidden = false;
  for (const late of document.querySelectorAll("[data-until-bell]")) late.hidden = true;
}

let watch;
if (form) {
  form.addEventListener("input", countWords);
  countWords();
  watch = setInterval(watchBell, 500);
}
