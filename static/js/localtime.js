import { locale } from "./locale.js";

const parts = { day: "numeric", month: "short", hour: "numeric", minute: "2-digit", timeZoneName: "short" };
const thisYear = new Intl.DateTimeFormat(locale, parts);
const otherYear = new Intl.DateTimeFormat(locale, { ...parts, year: "numeric" });
const exact = new Intl.DateTimeFormat(locale, { ...parts, second: "2-digit" });
const exactInOtherYear = new Intl.DateTimeFormat(locale, { ...parts, year: "numeric", second: "2-digit" });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const byKind = { seconds: [exact, exactInOtherYear], day: [day, day] };

// Times come in UTC; the reader sees their own zone and keeps UTC in the title.
export function showLocalTimes(root) {
  for (const element of root.querySelectorAll("time[data-local]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const [near, far] = byKind[element.dataset.local] ?? [thisYear, otherYear];
    const written = moment.getFullYear() === new Date().getFullYear() ? near : far;
    const local = written.format(moment);
    if (element.textContent === local) continue;
    element.title = `${element.dateTime.replace("T", " ").slice(0, 19)} UTC`;
    element.textContent = local;
  }
}
