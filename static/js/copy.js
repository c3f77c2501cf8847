// Buttons with data-copy="#id" put that field's text on the clipboard and say so. Where the clipboard is forbidden, or
// the page came without HTTPS, the text is marked for the keyboard to copy.
export function offerCopies() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button) return;
    const field = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(field.value);
      button.lastChild.textContent = ` ${document.body.dataset.copied}`;
    } catch {
      if (field.closest("details")) field.closest("details").open = true;
      field.focus();
      field.select();
      button.lastChild.textContent = ` ${document.body.dataset.copyByHand}`;
    }
  });
}
