// Files are sent as they are chosen, each by itself: with its progress, and a button to try again where one did not get
// through. The form then names them by id. Without this the form sends them all at once, as any form does.
import { locale } from "./locale.js";

const UNITS = ["B", "KB", "MB"];
const places = [0, 1].map((digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
// What the server says of the file itself holds for it however often it is sent.
const OF_THE_FILE = [400, 413, 415, 422];

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sizeOf(bytes) {
  const step = Math.min(2, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${places[step ? 1 : 0].format(bytes / 1000 ** step)} ${UNITS[step]}`;
}

function make(tag, properties, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside);
  return element;
}

// What a row says its page has written into the tray, with {name} for the name of the file.
function rowFor({ name }, words) {
  const row = make("li", { className: "row" });
  row.progress = make("progress", { max: 1, value: 0, ariaLabel: words.sent.replace("{name}", () => name) });
  row.state = make("span", { className: "soft grow" });
  row.retry = make("button", { type: "button", className: "button slim", textContent: words.again, hidden: true });
  const ariaLabel = words.removeNamed.replace("{name}", () => name);
  row.leave = make("button", { type: "button", className: "text-button", textContent: words.remove, ariaLabel });
  row.append(make("bdi", { textContent: name }), row.progress, row.state, row.retry, row.leave);
  return row;
}

function send(file, row, { words, token, key, done }) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("file", file);
  request.open("POST", words.tray);
  request.responseType = "json";
  request.setRequestHeader("X-CSRFToken", token);
  request.setRequestHeader("Idempotency-Key", key);
  request.upload.onprogress = (event) => { if (event.lengthComputable) row.progress.value = event.loaded / event.total; };
  const fail = (why) => {
    row.progress.hidden = true;
    row.state.textContent = why;
    row.state.className = "bad grow";
    row.retry.hidden = OF_THE_FILE.includes(request.status);
    done();
  };
  request.onerror = () => fail(words.lost);
  request.onload = () => {
    if (request.status !== 201) return fail(request.response?.error ?? words.refused);
    row.progress.hidden = true;
    row.state.textContent = `${sizeOf(file.size)}, ${words.ready}`;
    row.append(make("input", { type: "hidden", name: "keep", value: request.response.id }));
    done();
    row.dispatchEvent(new Event("files", { bubbles: true }));
  };
  row.retry.hidden = true;
  row.progress.hidden = false;
  row.progress.value = 0;
  row.state.textContent = sizeOf(file.size);
  row.state.className = "soft grow";
  request.send(body);
  return request;
}

export function fillTray(form) {
  const tray = form.querySelector("[data-tray]");
  if (!tray) return;
  const chooser = tray.querySelector("input[type=file]");
  const words = { ...tray.querySelector("[data-tray-words]").dataset, ...tray.dataset };
  const most = { files: Number(words.filesMax ?? Infinity), bytes: Number(words.bytesMax ?? Infinity) };
  const list = make("ul", { className: "stack tight small", ariaLabel: words.label });
  const refused = make("ul", { className: "stack tight small" });
  const button = form.querySelector("[data-send]");
  let under = 0;
  const waits = (by) => {
    under += by;
    button.disabled = under > 0 || !!form.elements.body?.readOnly;
  };
  // What was refused takes no place.
  const count = () => list.querySelectorAll(":scope > :not(:has(> .bad))").length + form.querySelectorAll("input[type=checkbox][name=keep]:checked").length;

  // What can't be taken is said at once, and not sent.
  function refuse(file, why) {
    const row = rowFor(file, words);
    row.progress.hidden = true;
    row.state.textContent = why;
    row.state.className = "bad grow";
    row.leave.addEventListener("click", () => {
      row.remove();
      chooser.focus();
    });
    refused.append(row);
  }

  function add(file) {
    const row = rowFor(file, words);
    const token = form.elements.csrfmiddlewaretoken.value;
    let key;
    const begin = () => {
      waits(1);
      let open = true;
      const done = () => { if (open) { open = false; waits(-1); } };
      // The same key where nobody answered, so that a file which did arrive is not kept twice; else a new try is a new one.
      if (row.request?.status !== 0) key = newKey();
      row.request = send(file, row, { words, token, key, done });
      row.request.onabort = done;
    };
    row.retry.addEventListener("click", begin);
    row.leave.addEventListener("click", () => {
      row.request.abort();
      row.remove();
      form.dispatchEvent(new Event("files"));
      chooser.focus();
    });
    list.append(row);
    begin();
  }

  form.addEventListener("bell", () => waits(0));
  tray.append(list, make("div", { role: "status" }, refused));
  chooser.addEventListener("change", () => {
    for (const file of chooser.files) {
      if (file.size > most.bytes) refuse(file, words.large);
      else if (count() >= most.files) refuse(file, words.full);
      else add(file);
    }
    chooser.value = "";
  });
}
