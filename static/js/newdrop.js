// The form of a drop's terms: what the winner nets, when it would end, how much still fits, and what is out of bounds, as
// it is typed; and files that are sent as they are chosen.
import { serverNow } from "./clock.js";
import { awaitFiles } from "./files.js";
import { dollars, locale } from "./locale.js";

const form = document.querySelector("form[data-terms]");
const written = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const counted = new Intl.NumberFormat(locale);
// From which part of its limit on a text's length is told.
const TOLD_FROM = 0.8;

const SUMS = [
  /^\$?(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{0,2}))?$/,
  /^\$?(\d{1,9}|\d{1,3}(?:\.\d{3}){1,2}),(\d{1,2})$/,
  /^\$?()[.,](\d{1,2})$/,
];

// The same reading as the server's (wallet/money.py): null for whatever is no sum.
function readCents(text) {
  const plain = text.replace(/[\uff04\uff0c\uff0e\uff10-\uff19]/g, (sign) => sign.normalize("NFKC")).trim().replace(/^\$\s+/, "$")
    .replace(/^([^$].*?)\s*\$$/, "$1");
  const found = SUMS.map((sum) => sum.exec(plain)).find(Boolean);
  return found ? Number(found[1].replace(/[.,]/g, "")) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

function netCents(cents) {
  const fee = Math.floor((cents * Number(form.dataset.feeBps)) / 10000) + Number(form.dataset.feeFlat);
  return cents - Math.max(0, Math.min(fee, cents - 1));
}

function windowSeconds() {
  const chosen = form.elements.window.value;
  return chosen === "own" ? Number(form.elements.own_count.value) * Number(form.elements.own_unit.value) : Number(chosen);
}

// Marks a field as wrong, or as right again; which of the sentences beside it holds is shown.
function tell(field, faults) {
  // What the server said of it was about what stood there then.
  document.getElementById(`${field.id}_error`)?.remove();
  for (const [selector, holds] of Object.entries(faults)) form.querySelector(selector).hidden = !holds;
  if (Object.values(faults).some(Boolean)) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

function showPrice() {
  const field = form.elements.price;
  const usual = form.querySelector("input[name=pack]:checked")?.dataset.price ?? "";
  field.placeholder = usual;
  const cents = readCents(field.value.trim() || usual);
  const { priceMin, priceMax } = form.dataset;
  const isOut = cents !== null && (cents < Number(priceMin) || cents > Number(priceMax));
  form.querySelector("#price_fault").hidden = cents !== null && !isOut;
  tell(field, { "[data-no-sum]": cents === null, "[data-no-price]": isOut });
  form.querySelector("[data-net]").textContent = cents && !isOut ? dollars.format(netCents(cents) / 100) : "…";
}

function showWindow() {
  const seconds = windowSeconds();
  const isOwn = form.elements.window.value === "own" && form.elements.own_count.value !== "";
  const isOut = isOwn && (seconds < Number(form.dataset.windowMin) || seconds > Number(form.dataset.windowMax));
  if (isOwn) tell(form.elements.own_count, { "[data-window-fault]": isOut });
  form.querySelector("[data-window-fine]").hidden = isOut;
  form.querySelector("[data-window-fault]").hidden = !isOut;
  const end = new Date(serverNow() + seconds * 1000);
  const known = seconds > 0 && !Number.isNaN(end.getTime());
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  form.querySelector("[data-ends-at]").textContent = known
    ? `${written.format(end)} (${zone})${zone.endsWith("UTC") ? "" : `, ${end.toISOString().slice(11, 16)} UTC`}`
    : "…";
}

function showCounts() {
  for (const line of form.querySelectorAll("[data-count-of]")) {
    const field = document.getElementById(line.dataset.countOf);
    // As the server counts: letters as they are kept, and each line end as one.
    const length = [...field.value.normalize("NFC")].length, most = Number(field.dataset.most);
    line.hidden = length < TOLD_FROM * most;
    line.textContent = `${counted.format(length)} / ${counted.format(most)}`;
    line.classList.toggle("bad", length > most);
  }
}

function show() {
  showPrice();
  showWindow();
  showCounts();
}

if (form) {
  form.addEventListener("input", (event) => {
    if (event.target.name === "own_count" || event.target.name === "own_unit") form.elements.window.value = "own";
    show();
  });
  show();
  setInterval(showWindow, 15000);
  awaitFiles(form);
}
