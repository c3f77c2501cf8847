// The button that has this browser show notifications: it asks the browser, then sends what it said by an ordinary form.
const box = document.querySelector("[data-push-key]");

function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function textOf(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function say(name) {
  for (const line of box.querySelectorAll("[data-push-says]")) line.hidden = line.dataset.pushSays !== name;
}

async function subscribe() {
  const registration = await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  const old = await registration.pushManager.getSubscription();
  // One that was made for another key of the site's is of no use.
  if (old && textOf(old.options.applicationServerKey) !== box.dataset.pushKey) await old.unsubscribe();
  const key = bytesOf(box.dataset.pushKey);
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function turnOn(form) {
  if ((await Notification.requestPermission()) !== "granted") return say("denied");
  say("waiting");
  try {
    const made = await subscribe();
    form.elements.endpoint.value = made.endpoint;
    form.elements.p256dh.value = textOf(made.getKey("p256dh"));
    form.elements.auth.value = textOf(made.getKey("auth"));
    form.requestSubmit();
  } catch {
    say("failed");
  }
}

// The button is there from the start, and says only when it is pressed what is in its way: nothing moves before.
box?.querySelector("button").addEventListener("click", () => {
  if ("serviceWorker" in navigator && "PushManager" in window) turnOn(box.querySelector("form"));
  else say("missing");
});
