// Each swatch shows its token, whatever that is: a colour, else a length or a shadow.
for (const swatch of document.querySelectorAll("[data-token]")) {
  const face = swatch.querySelector(".swatch-face").style;
  const name = `var(--${swatch.dataset.token})`;
  if (swatch.dataset.token.startsWith("s") && /^s\d$/.test(swatch.dataset.token)) {
    face.width = face.height = name;
    face.background = "var(--ink)";
  } else if (swatch.dataset.token.startsWith("round")) face.borderRadius = name;
  else if (swatch.dataset.token === "shade") face.boxShadow = name;
  else face.background = name;
}
