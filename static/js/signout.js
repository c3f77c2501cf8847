// Whoever signs out leaves nothing behind for the next one at this browser: no draft, and no page that Back would bring
// out of the browser's memory as it was.
import { forgetDrafts } from "./draft.js";

const LEFT = "clorp-signed-out-at";

function note() {
  try {
    sessionStorage.setItem(LEFT, Date.now());
  } catch {
    // Storage is forbidden; a browser that is so careful keeps little anyway.
  }
}

function isFromBefore() {
  try {
    return Number(sessionStorage.getItem(LEFT)) > performance.timeOrigin;
  } catch {
    return false;
  }
}

export function leaveNothing() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches('form[action$="/logout/"]')) return;
    forgetDrafts();
    note();
  });
  addEventListener("pageshow", (event) => { if (event.persisted && isFromBefore()) location.reload(); });
}
