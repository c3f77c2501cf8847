// Buttons with data-share="#id" hand that field's address to whatever the device shares with; elsewhere there are none.
if (navigator.share) {
  for (const button of document.querySelectorAll("button[data-share]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const url = document.querySelector(button.dataset.share).value;
      // Closing the device's sheet rejects it, and is nobody's fault.
      navigator.share({ title: button.dataset.title, url }).catch(() => {});
    });
  }
}
