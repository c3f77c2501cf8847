// The pull's motion is the sheet's. This lets the reader turn card after card, by a press, a tap on the fan, an arrow or
// the space bar, says each aloud, lets Skip and Escape end it, and remembers in this browser which drops were pulled, so
// that coming back to one does not make anybody wait.
const SEEN = "clorp-pulled";
const SEEN_MAX = 200;
const reveal = document.querySelector("[data-reveal]");
const moves = matchMedia("(prefers-reduced-motion: no-preference)");
const find = (selector) => reveal.querySelector(selector);

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

function begin() {
  reveal.classList.remove("turned");
  reveal.classList.add("by-hand");
  for (const card of reveal.querySelectorAll(".dealt.up")) card.classList.remove("up");
  find("[data-turn-again]").hidden = true;
  name();
}

// The button says what its next press does.
function name() {
  const button = find("[data-turn-next]");
  button.dataset.first ??= button.textContent;
  const [next, ...others] = reveal.querySelectorAll(".dealt:not(.up)");
  button.hidden = false;
  button.disabled = !next;
  button.textContent = others.length || !next ? button.dataset.first : button.dataset.last;
}

function turn() {
  if (!reveal.matches(".by-hand:not(.turned)")) return;
  find(".dealt:not(.up)")?.classList.add("up");
  name();
}

function end() {
  reveal.classList.add("turned");
  find("[data-turn-next]").hidden = true;
  find("[data-turn-again]").hidden = !moves.matches;
  remember(reveal.dataset.reveal);
}

function skip() {
  if (reveal.classList.contains("turned")) return;
  end();
  showWinner();
}

function showWinner() {
  const winner = document.getElementById("winner");
  winner.tabIndex = -1;
  winner.focus();
}

function again() {
  begin();
  find("[data-turn-next]").focus();
}

function onKey(event) {
  if (event.key === "Escape") skip();
  // A button or a link has its own use for the space bar.
  const isFree = !event.target.closest?.("a, button, input, textarea, select, summary");
  if (event.key === "ArrowRight" || (event.key === " " && isFree)) {
    if (reveal.matches(".by-hand:not(.turned)")) event.preventDefault();
    turn();
  }
}

function listen() {
  const last = find(".foil") ? "glint" : "rise";
  reveal.addEventListener("animationend", (event) => {
    if (event.animationName === "turn") say(event.target.closest(".dealt").dataset.said);
    if (event.animationName !== last) return;
    const wasPressed = document.activeElement === find("[data-turn-next]") || document.activeElement === document.body;
    end();
    if (wasPressed) showWinner();
  });
  find(".skip-turning").addEventListener("click", (event) => {
    event.preventDefault();
    skip();
  });
  find(".deck").addEventListener("click", (event) => {
    if (event.target.closest("[data-turn-next], .playing-card")) turn();
  });
  find("[data-turn-again]").addEventListener("click", again);
  document.addEventListener("keydown", onKey);
}

if (reveal) {
  listen();
  if (!moves.matches || location.hash || seen().includes(reveal.dataset.reveal)) end();
  else begin();
}
