// Everything here only improves a page that already works without it.
import { offerCopies } from "./copy.js";
import { startCountdowns } from "./countdown.js";
import { followNews } from "./live.js";
import { showLocalTimes } from "./localtime.js";
import { keepDrafts } from "./draft.js";
import { guardForms } from "./once.js";
import { leaveNothing } from "./signout.js";

function dress() {
  showLocalTimes(document);
}

dress();
startCountdowns();
keepDrafts();
guardForms();
leaveNothing();
offerCopies();
followNews();
document.addEventListener("htmx:after:swap", dress);
