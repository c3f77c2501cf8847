// The pull's turning is done by the sheet alone. This says each card aloud as it turns, lets Skip and Escape end it, and
// remembers in this browser which drops were pulled, so that coming back to one does not make anybody wait.
const SEEN = "clorp-pulled";
const SEEN_MAX = 200;
const reveal = document.querySelector("[data-reveal]");
const moves = matchMedia("(prefers-reduced-motion: no-preference)");

function seen() {
  try {
    return JSON.parse(localStorage.getItem(SEEN) ?? "[]");
  } catch {
    return [];
  }
}

function remember(id) {
  try {
    localStorage.setItem(SEEN, JSON.stringify([...seen().filter((other) => other !== id), id].slice(-SEEN_MAX)));
  } catch {
    // Storage is full or forbidden: the cards turn again next time.
  }
}

function say(text) {
  document.getElementById("announcer").textContent = text;
}

function end() {
  reveal.classList.add("turned");
  reveal.querySelector("[data-turn-again]").hidden = !moves.matches;
  remember(reveal.dataset.reveal);
}

function skip() {
  if (reveal.classList.contains("turned")) return;
  end();
  const winner = document.getElementById("winner");
  winner.tabIndex = -1;
  winner.focus();
}

function again() {
  reveal.classList.remove("turned");
  reveal.querySelector("[data-turn-again]").hidden = true;
  reveal.querySelector(".skip-turning").focus();
}

// The card that turns next is brought into sight, until somebody scrolls by themselves.
function follow() {
  let follows = true;
  for (const own of ["wheel", "touchmove"]) addEventListener(own, () => { follows = false; }, { passive: true, once: true });
  reveal.addEventListener("animationstart", (event) => {
    if (event.animationName === "turn" && follows) event.target.scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
}

function listen() {
  const last = reveal.querySelector(".foil") ? "glint" : "come";
  reveal.addEventListener("animationend", (event) => {
    if (event.animationName === "turn") say(event.target.dataset.said);
    if (event.animationName === last) end();
  });
  reveal.querySelector(".skip-turning").addEventListener("click", (event) => {
    event.preventDefault();
    skip();
  });
  reveal.querySelector("[data-turn-again]").addEventListener("click", again);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") skip(); });
}

if (reveal) {
  listen();
  follow();
  if (!moves.matches || location.hash || seen().includes(reveal.dataset.reveal)) end();
}
