// The server's clock, whatever the device's says and however old this page is (Back, a cache, a restored tab, a machine
// that slept): the server is asked whenever a page is shown. `low` and `high` bound what is to be added to the counter:
// the server read its time after the question came and before its answer was here. Half of SURE_MS and a JUMP_MS that was
// not noticed make a second together.
const ASK_AGAIN_MS = 5000, FRESH_MS = 10000, JUMP_MS = 250, WIDE_MS = 1000, SURE_MS = 1500, TRIES_MAX = 3;

const [navigation] = performance.getEntriesByType("navigation");
const counter = () => performance.timeOrigin + performance.now();
const rendered = Date.parse(document.querySelector("meta[name=server-now]")?.content ?? "");
// Whenever it was rendered: it is no earlier now than then plus what has passed since it came. Without it nothing is known.
let low = Number.isNaN(rendered) ? -Infinity : rendered - performance.timeOrigin - (navigation?.responseStart ?? performance.now());
// And what is no copy was rendered after it was asked for.
const isBounded = navigation && !cameFromCache() && !Number.isNaN(rendered);
let high = isBounded ? rendered - performance.timeOrigin - navigation.requestStart : Infinity;
let isDoubted = cameFromCache();
let heard = -Infinity, asking = false, askedMeanwhile = false, again, ahead = Date.now() - counter();
const listeners = [];

export function cameFromCache() {
  return navigation?.type === "back_forward" || navigation?.transferSize === 0;
}

export function serverNow() {
  if (low === -Infinity) return counter();
  return counter() + (high === Infinity ? low : (low + high) / 2);
}

// Whether it is right to the second: nothing has happened since the server said the time, and it said so fast enough.
export function isClockSure() {
  return !isDoubted && high - low <= SURE_MS;
}

export function onClockSet(listener) {
  listeners.push(listener);
}

// Live parts bring a reading each; a slow answer can only make it too small.
export function learnServerTime(iso) {
  const time = Date.parse(iso);
  if (!Number.isNaN(time)) narrow(time - counter(), high);
}

function narrow(newLow, newHigh) {
  // What contradicts an older reading is right: the counter has stood still, or run away, since that.
  const fits = newLow <= high && newHigh >= low;
  [low, high] = fits ? [Math.max(low, newLow), Math.min(high, newHigh)] : [newLow, newHigh > newLow ? newHigh : Infinity];
}

async function ask(tries = 1) {
  // What is under way may have been answered before whatever made this asking due.
  askedMeanwhile = asking;
  if (asking) return;
  clearTimeout(again);
  asking = true;
  const sent = counter();
  try {
    const answer = await fetch("/now", { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(ASK_AGAIN_MS) });
    const here = counter(), time = Date.parse(answer.ok ? await answer.text() : "");
    if (Number.isNaN(time)) throw new Error("The server did not say the time.");
    noticeJump();
    // What made another asking due came after this reading.
    if (askedMeanwhile) {
      isDoubted = true;
      return;
    }
    narrow(time - here, time - sent);
    heard = counter();
    isDoubted = false;
    listeners.forEach((listener) => listener());
    if (high - low > WIDE_MS && tries < TRIES_MAX) again = setTimeout(ask, 0, tries + 1);
    else if (!isClockSure()) askLater();
  } catch {
    // It may be a copy that somebody keeps, of which a browser knows nothing.
    if (heard === -Infinity) isDoubted = true;
    askLater();
  } finally {
    asking = false;
    if (askedMeanwhile) ask();
  }
}

function askLater() {
  again = setTimeout(() => { if (!document.hidden) ask(); }, ASK_AGAIN_MS);
}

// A device's clock that has jumped against the counter: the machine has slept, or somebody has set it.
export function noticeJump() {
  const now = Date.now() - counter();
  if (Math.abs(now - ahead) < JUMP_MS) return;
  ahead = now;
  isDoubted = true;
  high = Infinity;
  ask();
}

export function keepTime() {
  ask();
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isDoubted = true;
    ask();
  });
  document.addEventListener("resume", () => ask());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  window.addEventListener("online", () => ask());
  window.addEventListener("focus", () => { if (counter() - heard > FRESH_MS) ask(); });
}
