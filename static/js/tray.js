// Files are sent as they are chosen, each by itself: with its progress, and a button to try again where one did not get
// through. The form then names them by id. Without this the form sends them all at once, as any form does.
const UNITS = ["B", "KB", "MB"];

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sizeOf(bytes) {
  const step = Math.min(2, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** step).toFixed(step ? 1 : 0)} ${UNITS[step]}`;
}

function make(tag, properties, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside);
  return element;
}

function rowFor(file) {
  const row = make("li", { className: "row" });
  row.progress = make("progress", { max: 1, value: 0, ariaLabel: `${file.name} sent` });
  row.state = make("span", { className: "soft grow" });
  row.retry = make("button", { type: "button", className: "button slim", textContent: "Try again", hidden: true });
  row.leave = make("button", { type: "button", className: "text-button", textContent: "Remove", ariaLabel: `Remove ${file.name}` });
  row.append(make("bdi", { textContent: file.name }), row.progress, row.state, row.retry, row.leave);
  return row;
}

function send(file, row, { address, token, key, ready, done }) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("file", file);
  request.open("POST", address);
  request.responseType = "json";
  request.setRequestHeader("X-CSRFToken", token);
  request.setRequestHeader("Idempotency-Key", key);
  request.upload.onprogress = (event) => { if (event.lengthComputable) row.progress.value = event.loaded / event.total; };
  const fail = (words) => {
    row.progress.hidden = true;
    row.state.textContent = words;
    row.state.className = "bad grow";
    row.retry.hidden = false;
    done();
  };
  request.onerror = () => fail("Did not get through.");
  request.onload = () => {
    if (request.status !== 201) return fail(request.response?.error ?? "Was not taken.");
    row.progress.hidden = true;
    row.state.textContent = `${sizeOf(file.size)}, ${ready}`;
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
  const { label = "Files to submit", ready = "ready to be submitted" } = tray.dataset;
  const most = { files: Number(tray.dataset.filesMax ?? Infinity), bytes: Number(tray.dataset.bytesMax ?? Infinity) };
  const list = make("ul", { className: "stack tight small", ariaLabel: label });
  const refused = make("ul", { className: "stack tight small" });
  const button = form.querySelector("[data-send]");
  let under = 0;
  const waits = (by) => {
    under += by;
    button.disabled = under > 0 || !!form.elements.body?.readOnly;
  };
  const count = () => list.children.length + form.querySelectorAll("input[type=checkbox][name=keep]:checked").length;

  // What can't be taken is said at once, and not sent.
  function refuse(file, words) {
    const row = rowFor(file);
    row.progress.hidden = true;
    row.state.textContent = words;
    row.state.className = "bad grow";
    row.leave.addEventListener("click", () => {
      row.remove();
      chooser.focus();
    });
    refused.append(row);
  }

  function add(file) {
    const row = rowFor(file);
    const token = form.elements.csrfmiddlewaretoken.value;
    let key;
    const begin = () => {
      waits(1);
      let open = true;
      const done = () => { if (open) { open = false; waits(-1); } };
      // The same key where nobody answered, so that a file which did arrive is not kept twice; else a new try is a new one.
      if (row.request?.status !== 0) key = newKey();
      row.request = send(file, row, { address: tray.dataset.tray, token, key, ready, done });
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
      if (file.size > most.bytes) refuse(file, tray.dataset.large);
      else if (count() >= most.files) refuse(file, tray.dataset.full);
      else add(file);
    }
    chooser.value = "";
  });
}
