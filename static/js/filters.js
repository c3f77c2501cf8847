// The board's filters apply as they change: its list is asked for anew, and the address says what it shows.
const TYPED_MS = 400;

const form = document.querySelector("form.filters");
const list = document.querySelector("[data-live]");

function wanted() {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => value)).toString();
}

function apply() {
  const query = wanted();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
  // Another list has other cards, in another order and perhaps fewer: none is kept in its place.
  list.querySelectorAll("[name=shown]").forEach((card) => card.remove());
  list.setAttribute("hx-get", query ? `${form.dataset.list}?${query}` : form.dataset.list);
  list.addEventListener("htmx:after:swap", () => { list.style.minHeight = ""; }, { once: true });
  list.dispatchEvent(new CustomEvent("look"));
}

let timer;
function applySoon(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(apply, milliseconds);
}

form.addEventListener("change", (event) => {
  if (event.target.type !== "search") applySoon(0);
});
form.addEventListener("input", (event) => {
  if (event.target.matches("[type=search], [type=text], [type=number]")) applySoon(TYPED_MS);
});
