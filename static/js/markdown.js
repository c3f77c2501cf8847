// Marks of Markdown by button and by key, put in so that the editor's own undo takes them back.
const AROUND = { bold: "**", italic: "*", code: "`" };
const BEFORE = { list: "- ", quote: "> " };
const KEYS = { b: "bold", i: "italic", e: "code", k: "link" };

export function put(area, text, start, end) {
  area.focus();
  area.setSelectionRange(start, end);
  // The one way that undo knows of; where a browser has given it up, the text comes without it.
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

function wrap(area, sign, example) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const chosen = value.slice(start, end), size = sign.length;
  const isMarked = value.slice(start - size, start) === sign && value.slice(end, end + size) === sign;
  if (chosen && isMarked) {
    put(area, chosen, start - size, end + size);
    return area.setSelectionRange(start - size, end - size);
  }
  const text = chosen || example;
  put(area, sign + text + sign, start, end);
  area.setSelectionRange(start + size, start + size + text.length);
}

// The lines that are chosen from, whole.
function lines({ value, selectionStart, selectionEnd }) {
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1, next = value.indexOf("\n", selectionEnd);
  const end = next < 0 ? value.length : next;
  return { start, end, all: value.slice(start, end).split("\n") };
}

export function change(area, each) {
  const { start, end, all } = lines(area);
  const text = all.map(each).join("\n");
  put(area, text, start, end);
  area.setSelectionRange(start, start + text.length);
}

function prefix(area, sign) {
  const isMarked = lines(area).all.every((line) => line.startsWith(sign));
  change(area, (line) => (isMarked ? line.slice(sign.length) : sign + line));
}

function link(area, example) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const text = value.slice(start, end) || example, address = "https://";
  put(area, `[${text}](${address})`, start, end);
  const at = start + text.length + 3;
  area.setSelectionRange(at, at + address.length);
}

// By one of the toolbar's buttons, which also says what stands there where nothing was chosen.
export function mark(area, { dataset: { mark: name, example } }) {
  if (area.readOnly) return;
  if (name === "link") link(area, example);
  else if (BEFORE[name]) prefix(area, BEFORE[name]);
  else wrap(area, AROUND[name], example);
}

// One stop for Tab, and the arrows within, as a toolbar is used by keyboard.
export function rove(bar) {
  const tools = [...bar.querySelectorAll("[data-mark]")];
  const stopAt = (chosen) => tools.forEach((tool) => { tool.tabIndex = tool === chosen ? 0 : -1; });
  bar.addEventListener("focusin", (event) => stopAt(event.target));
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], at = tools.indexOf(event.target);
    const next = { Home: tools[0], End: tools.at(-1) }[event.key] ?? (step && tools.at((at + step) % tools.length));
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

export function markByKeys(area, bar) {
  area.addEventListener("keydown", (event) => {
    const name = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && KEYS[event.key.toLowerCase()];
    if (!name) return;
    event.preventDefault();
    mark(area, bar.querySelector(`[data-mark=${name}]`));
  });
  area.ariaKeyShortcuts = Object.keys(KEYS).map((key) => `Control+${key.toUpperCase()}`).join(" ");
}
