// Buttons with data-copy="#id" put that field's text on the clipboard and say so.
export function offerCopies() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).value);
    button.lastChild.textContent = " Copied";
  });
}
