// A form with data-draft="name" keeps its text in this browser until the server says that it arrived.
const PREFIX = "clorp-draft:";
const DAYS_MAX = 14;

function read(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
    return draft && Date.now() - draft.at < DAYS_MAX * 86400000 ? draft.values : {};
  } catch {
    return {};
  }
}

function write(name, values) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify({ at: Date.now(), values }));
  } catch {
    // Storage is full or forbidden: the page works on without drafts.
  }
}

function texts(form) {
  return [...form.querySelectorAll("textarea[name]")];
}

function restore(form) {
  const values = read(form.dataset.draft);
  for (const field of texts(form)) {
    if (!field.value && values[field.name]) field.value = values[field.name];
  }
}

export function keepDrafts() {
  for (const done of document.querySelectorAll("[data-draft-done]")) {
    try {
      localStorage.removeItem(PREFIX + done.dataset.draftDone);
    } catch {
      // Nothing was kept, so there is nothing to forget.
    }
  }
  document.querySelectorAll("form[data-draft]").forEach(restore);
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (form) write(form.dataset.draft, Object.fromEntries(texts(form).map((field) => [field.name, field.value])));
  });
}
