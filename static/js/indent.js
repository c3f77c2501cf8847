import { change, put } from "./markdown.js";

const INDENT = "    ";

// Tab indents, and Shift+Tab takes it back. After Esc the next Tab leaves, or whoever has only keys could not get out.
export function indentByTab(area) {
  let leaves = false;
  area.addEventListener("blur", () => { leaves = false; });
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") {
      leaves = event.key === "Escape" || (leaves && event.key === "Shift");
      return;
    }
    if (leaves || event.ctrlKey || event.altKey || event.metaKey || area.readOnly) return;
    event.preventDefault();
    const { selectionStart: start, selectionEnd: end, value } = area;
    if (event.shiftKey) change(area, (line) => line.replace(/^( {1,4}|\t)/, ""));
    else if (value.slice(start, end).includes("\n")) change(area, (line) => (line ? INDENT + line : line));
    else put(area, INDENT, start, end);
  });
}
