"""The faults that axe finds with a page as it stands."""

from __future__ import annotations

from pathlib import Path

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text()
# A colour on its way to another is neither.
RUN = """async (options) => {
  await Promise.all(document.getAnimations().map((motion) => motion.finished.catch(() => null)));
  const found = await axe.run(document, {resultTypes: ["violations"], ...options});
  return found.violations.map((fault) => `${fault.id} (${fault.help}): ` +
    fault.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | "));
}"""


def faults_by_axe(page, options=None):
    """Return axe's findings on the page; axe has to stand ready in it."""
    return sorted(page.evaluate(RUN, options or {}))
