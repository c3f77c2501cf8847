// On pages of cases the time left is the server's, however the page came; a queue out of a cache is read anew.
import { cameFromCache } from "./clock.js";
import { startCountdowns } from "./countdown.js";

startCountdowns();
if (document.querySelector(".desk-queue")) {
  window.addEventListener("pageshow", (event) => { if (event.persisted || cameFromCache()) location.reload(); });
}
