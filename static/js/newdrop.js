// What the winner nets, and when the window would end: both also said in words by the page.
import { serverNow } from "./clock.js";

const form = document.querySelector("form[data-fee-bps]");
const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const written = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

const SUMS = [
  /^\$?(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{0,2}))?$/,
  /^\$?(\d{1,9}|\d{1,3}(?:\.\d{3}){1,2}),(\d{1,2})$/,
  /^\$?()[.,](\d{1,2})$/,
];

// The same reading as the server's (wallet/money.py): null for whatever is no sum.
function readCents(text) {
  const found = SUMS.map((sum) => sum.exec(text.trim())).find(Boolean);
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

function show() {
  const usual = form.querySelector("input[name=pack]:checked")?.dataset.price ?? "";
  form.elements.price.placeholder = usual.replace("$", "");
  const cents = readCents(form.elements.price.value || usual);
  form.querySelector("[data-net]").textContent = cents ? dollars.format(netCents(cents) / 100) : "…";
  const seconds = windowSeconds();
  const end = new Date(serverNow() + seconds * 1000);
  const known = seconds > 0 && !Number.isNaN(end.getTime());
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  form.querySelector("[data-ends-at]").textContent = known
    ? `${written.format(end)} (${zone})${zone.endsWith("UTC") ? "" : `, ${end.toISOString().slice(11, 16)} UTC`}`
    : "…";
}

if (form) {
  form.addEventListener("input", (event) => {
    if (event.target.name === "own_count" || event.target.name === "own_unit") form.elements.window.value = "own";
    show();
  });
  show();
  setInterval(show, 15000);
}
