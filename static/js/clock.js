// The server's clock: its time at rendering plus what has passed here since, so a wrong device clock does no harm.
const rendered = Date.parse(document.querySelector("meta[name=server-now]")?.content ?? "");
const loaded = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
let offset = Number.isNaN(rendered) ? 0 : rendered - loaded;

export function serverNow() {
  return performance.timeOrigin + performance.now() + offset;
}

// Live parts bring a fresher reading; the largest wins, since a slow answer can only make it too small.
export function learnServerTime(iso) {
  const time = Date.parse(iso);
  if (!Number.isNaN(time)) offset = Math.max(offset, time - (performance.timeOrigin + performance.now()));
}
