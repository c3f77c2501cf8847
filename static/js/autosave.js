// The workroom's text, files and tick go to the server as they change, and the page says when they have arrived. What did
// not is tried again, and lies in this browser meanwhile (draft.js).
import { serverNow } from "./clock.js";
import { forgetDraft } from "./draft.js";
import { locale } from "./locale.js";

const AFTER_MS = 1000, AT_MOST_MS = 4000, NEAR_BELL_MS = 15000, AFTER_NEAR_BELL_MS = 250;
const AGAIN_MS = [2000, 4000, 8000];
// What a page may still send while it is being left.
const LEAVING_BYTES_MAX = 60000;
const clock = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", second: "2-digit" });

// Says of the form's draft: `flush()` saves now what is not saved yet, `isSaved()` whether all is.
export function saveDrafts(form) {
  const line = form.querySelector("[data-kept]");
  let saved = JSON.stringify(content()), timer, waitsSince = 0, request, tries = 0, isDone = false;

  function content() {
    const files = [...form.querySelectorAll("[name=keep]")].filter((file) => file.type === "hidden" || file.checked);
    return {
      body: form.elements.body.value,
      attachments: files.map((file) => file.value),
      at_bell: form.elements.at_bell.checked,
      follows: Number(form.elements.follows.value),
    };
  }

  const isSaved = () => JSON.stringify(content()) === saved;

  function say(words, isBad) {
    line.textContent = words;
    line.classList.toggle("bad", isBad);
    const region = document.getElementById("announcer");
    if (isBad && region && region.textContent !== words) region.textContent = words;
  }

  function tryAgain(seconds) {
    say(line.dataset.unsaved, true);
    timer = setTimeout(flush, seconds ? seconds * 1000 : AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
  }

  async function send(body, leaving) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    const keepalive = leaving && body.length < LEAVING_BYTES_MAX;
    request = new AbortController();
    const { signal } = request;
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "PUT", headers, body, keepalive, signal });
      if (answer.status >= 500 || answer.status === 429) return tryAgain(Number(answer.headers.get("Retry-After")));
      const told = await answer.json();
      if (!answer.ok) return say(line.dataset.refused.replace("{error}", () => told.error), true);
      saved = body;
      tries = 0;
      say(line.dataset.saved.replace("{time}", clock.format(new Date(told.saved_at))), false);
      if (isSaved()) forgetDraft(form.dataset.draft);
    } catch {
      if (!signal.aborted) tryAgain();
    } finally {
      request = undefined;
      if (!isSaved() && !line.classList.contains("bad")) plan();
    }
  }

  function flush(leaving = false) {
    clearTimeout(timer);
    waitsSince = 0;
    if (isDone || request || isSaved()) return;
    send(JSON.stringify(content()), leaving);
  }

  function plan() {
    clearTimeout(timer);
    waitsSince ||= Date.now();
    const isNear = Date.parse(form.dataset.bell) - serverNow() < NEAR_BELL_MS;
    const rest = Math.max(0, AT_MOST_MS - (Date.now() - waitsSince));
    timer = setTimeout(flush, Math.min(isNear ? AFTER_NEAR_BELL_MS : AFTER_MS, rest));
  }

  form.addEventListener("input", () => plan());
  form.addEventListener("files", () => flush());
  form.elements.at_bell.addEventListener("change", () => flush());
  form.addEventListener("submit", () => {
    // What is sent is newer than what would still be saved; the server would refuse that, too.
    isDone = true;
    clearTimeout(timer);
    request?.abort();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) isDone = false; });
  window.addEventListener("online", () => flush());
  window.addEventListener("pagehide", () => flush(true));
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(true); });
  return { flush, isSaved };
}
