import { isClockSure, keepTime, learnServerTime, noticeJump, onClockSet, serverNow } from "./clock.js";

const ANNOUNCED_SECONDS = [60, 30, 10];
const TIMED = "time[data-countdown], progress[data-until], [data-workroom]";

// The same face as the server writes: rounded up, so that 0:00 means over.
export function clockFace(milliseconds) {
  const total = Math.max(0, Math.ceil(milliseconds / 1000));
  const days = Math.floor(total / 86400);
  const hours = Math.floor((total % 86400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const two = (number) => String(number).padStart(2, "0");
  const seconds = two(total % 60);
  if (days) return `${days} d ${two(hours)}:${two(minutes)}:${seconds}`;
  return hours ? `${hours}:${two(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

function announce(element, seconds) {
  const region = document.getElementById("announcer");
  if (!region || !element.dataset.announce || !ANNOUNCED_SECONDS.includes(seconds)) return;
  const text = element.dataset.announce.replace("{seconds}", seconds);
  if (region.textContent !== text) region.textContent = text;
}

let keepsTime = false;

function tick() {
  if (!document.querySelector(TIMED)) return;
  // A live part may bring the first countdown.
  if (!keepsTime) keepTime();
  keepsTime = true;
  noticeJump();
  for (const element of document.querySelectorAll("time[data-countdown]")) {
    const left = Date.parse(element.dateTime) - serverNow();
    // A part that is looked for says more; a page that has none, or can't be reached, must not look as if it went on.
    const face = (left <= 0 && element.dataset.then) || clockFace(left);
    if (element.textContent !== face) element.textContent = face;
    element.classList.toggle("late", left < 30000);
    element.classList.toggle("unsure", !isClockSure());
    announce(element, Math.ceil(left / 1000));
  }
  for (const bar of document.querySelectorAll("progress[data-until]")) {
    bar.value = Math.max(0, (Date.parse(bar.dataset.until) - serverNow()) / 1000);
  }
}

export function startCountdowns() {
  onClockSet(tick);
  document.addEventListener("htmx:after:swap", () => {
    const part = document.querySelector("[data-server-now]");
    if (part) learnServerTime(part.dataset.serverNow);
    tick();
  });
  tick();
  setInterval(tick, 500);
}
