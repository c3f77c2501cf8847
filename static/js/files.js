// Until somebody chooses a file, a page is lighter without what sends it. Till that has come, the form sends it itself.
export function awaitFiles(form) {
  const chooser = form.querySelector("[data-tray] input[type=file]");
  chooser?.addEventListener("change", async () => {
    const { fillTray } = await import("./tray.js");
    fillTray(form);
    chooser.dispatchEvent(new Event("change"));
  }, { once: true });
}
