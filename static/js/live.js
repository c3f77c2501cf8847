// One stream tells a page that something has changed. What has changed then looks by itself (hx-trigger="look"): the part
// with data-live at `change`, the header's tools with data-tools at `bell`; without a stream the part looks often, the
// tools now and then. A page that nobody sees has none: a few tabs would use up a browser's connections. What is over is
// followed on, slowly: moderators may take it out of sight, and the server then has the page reload.
import { cameFromCache } from "./clock.js";

const OFTEN_MS = 2500, RARELY_MS = 30000, TRY_AGAIN_MS = 60000;

const tools = document.querySelector("[data-tools]");
const part = document.querySelector("[data-live]");
let since = part?.dataset.since ?? "", said = sayingOf(part);
let source, timer, again, wasOpen = false, isOver = hasEnded(part);

function look(at) {
  at?.dispatchEvent(new CustomEvent("look"));
}

function planLook() {
  clearTimeout(timer);
  const isOpen = source?.readyState === EventSource.OPEN;
  if (document.hidden || !(part || (tools && !isOpen))) return;
  timer = setTimeout(() => {
    look(part);
    if (!isOpen) look(tools);
    planLook();
  }, part && !isOpen && !isOver ? OFTEN_MS : RARELY_MS);
}

function hangUp() {
  clearTimeout(again);
  source?.close();
  source = undefined;
}

function listen() {
  hangUp();
  const address = part ? `${part.dataset.live}?since=${encodeURIComponent(since)}` : tools?.dataset.tools;
  if (!address || document.hidden || !window.EventSource) return;
  source = new EventSource(address);
  source.onopen = () => {
    // News of the badge that came while nobody listened is not repeated.
    if (wasOpen) look(tools);
    wasOpen = true;
    planLook();
  };
  source.onerror = () => {
    // Closed for good: no stream is served, or there are too many. Otherwise the browser comes again by itself.
    if (source?.readyState === EventSource.CLOSED) again = setTimeout(listen, TRY_AGAIN_MS);
    planLook();
  };
  source.addEventListener("change", (event) => {
    since = event.lastEventId;
    look(part);
  });
  source.addEventListener("bell", () => look(tools));
}

function hasEnded(element) {
  return element?.getAttribute("hx-swap") === "none" || !!element?.querySelector("[data-over]");
}

function sayingOf(element) {
  return element?.querySelector("[data-said]")?.dataset.said ?? "";
}

// What the part has to say is said once, and only when it is another sentence than before.
function speak(now) {
  const region = document.getElementById("announcer");
  if (region && now && now !== said) region.textContent = now;
  said = now;
}

// A log that is being written shows its newest line, but not to somebody who scrolled back.
function keepAtEnd(event) {
  const log = event.currentTarget.querySelector(".log.growing");
  if (!log) return;
  const isAtEnd = log.scrollTop + log.clientHeight > log.scrollHeight - 8;
  if (isAtEnd) event.currentTarget.addEventListener("htmx:after:swap", () => log.scrollTo(0, log.scrollHeight), { once: true });
}

export function followNews() {
  if (!part && !tools) return;
  // What stands below must not jump up while somebody reads it: an open part never becomes smaller.
  part?.addEventListener("htmx:before:swap", (event) => {
    event.currentTarget.style.minHeight = `${event.currentTarget.offsetHeight}px`;
    keepAtEnd(event);
  });
  part?.addEventListener("htmx:after:swap", (event) => {
    speak(sayingOf(event.currentTarget));
    isOver = hasEnded(event.currentTarget);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) [part, tools].forEach(look);
    listen();
    planLook();
  });
  window.addEventListener("pagehide", hangUp);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) listen();
    // What a page shows that was kept may be long over.
    if (event.persisted || cameFromCache()) [part, tools].forEach(look);
    planLook();
  });
  listen();
  planLook();
}
