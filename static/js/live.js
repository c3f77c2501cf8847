// A part of the page with data-live follows the server's news: one stream a page, which only says that something has
// changed. The part then looks by itself (hx-trigger="look"); it does so often while there is no stream, and now and
// then while there is one. A page that nobody sees has none, or a few tabs would use up a browser's connections.
const OFTEN_MS = 2500, RARELY_MS = 30000, TRY_AGAIN_MS = 60000;

let part, source, since, timer, again, said;
let over = false;

function look() {
  part.dispatchEvent(new CustomEvent("look"));
}

function planLook() {
  clearTimeout(timer);
  if (over || document.hidden) return;
  const wait = source?.readyState === EventSource.OPEN ? RARELY_MS : OFTEN_MS;
  timer = setTimeout(() => { look(); planLook(); }, wait);
}

function hangUp() {
  clearTimeout(again);
  source?.close();
  source = undefined;
}

function listen() {
  hangUp();
  if (over || document.hidden || !window.EventSource) return;
  source = new EventSource(`${part.dataset.live}?since=${encodeURIComponent(since)}`);
  source.onopen = planLook;
  source.onerror = () => {
    // Closed for good: no stream is served, or there are too many. Otherwise the browser comes again by itself.
    if (source?.readyState === EventSource.CLOSED) again = setTimeout(listen, TRY_AGAIN_MS);
    planLook();
  };
  source.addEventListener("change", (event) => {
    since = event.lastEventId;
    look();
  });
  source.addEventListener("end", () => { look(); finish(); });
}

function finish() {
  over = true;
  hangUp();
  clearTimeout(timer);
}

// What the part has to say is said once, and only when it is another sentence than before.
function speak() {
  const now = part.querySelector("[data-said]")?.dataset.said ?? "";
  const region = document.getElementById("announcer");
  if (region && now && now !== said) region.textContent = now;
  said = now;
}

export function followNews() {
  part = document.querySelector("[data-live]");
  if (!part) return;
  since = part.dataset.since ?? "";
  said = part.querySelector("[data-said]")?.dataset.said ?? "";
  part.addEventListener("htmx:after:swap", () => {
    speak();
    if (part.querySelector("[data-over]")) finish();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !over) look();
    listen();
    planLook();
  });
  window.addEventListener("pagehide", hangUp);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { listen(); planLook(); } });
  listen();
  planLook();
}
