// Password fields: a button that shows what was typed, a word where Caps Lock is on, and the rules ticked as they are met.
const FIELDS = 'input[type="password"]';

function offerSight(box) {
  const [input, button] = [box.querySelector(FIELDS), box.querySelector("[data-show-password]")];
  button?.addEventListener("click", () => {
    const isShown = input.type === "password";
    input.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", isShown);
  });
  // What is sent is no text for the browser to remember.
  input.form.addEventListener("submit", () => { input.type = "password"; });
}

function warnOfCaps(box) {
  const warning = box.querySelector("[data-caps]");
  box.querySelector(FIELDS).addEventListener("keyup", (event) => {
    warning.hidden = !event.getModifierState?.("CapsLock");
  });
}

function isUnlike(password, address) {
  const typed = password.toLowerCase();
  const parts = address.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((part) => part.length > 2);
  return typed !== "" && !parts.some((part) => typed.includes(part) || part.includes(typed));
}

function tickRules(list) {
  const input = document.getElementById(list.dataset.rulesOf);
  const address = () => list.dataset.email || input.form.elements.email?.value || "";
  const isMet = {
    // Of signs as people count them, not of what they are made of.
    length: (rule) => [...input.value.normalize("NFC")].length >= Number(rule.dataset.least),
    unlike: () => isUnlike(input.value, address()),
  };
  const look = () => {
    for (const rule of list.querySelectorAll("[data-rule]")) {
      const isDone = isMet[rule.dataset.rule](rule);
      rule.classList.toggle("met", isDone);
      rule.querySelector("[data-met]").hidden = !isDone;
    }
  };
  input.form.addEventListener("input", look);
  look();
}

for (const box of document.querySelectorAll("[data-password]")) {
  offerSight(box);
  warnOfCaps(box);
}
document.querySelectorAll("[data-rules-of]").forEach(tickRules);
