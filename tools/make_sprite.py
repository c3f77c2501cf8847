"""Make static/vendor/lucide/icons.svg from an unpacked `lucide-static` package: `make_sprite.py PACKAGE_DIR`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ICONS = """
armchair arrow-left arrow-right ban bell bold check chef-hat circle-check clock code-xml coins compass copy download
eye file-text flag flame gavel globe hourglass inbox info italic key-round layout-grid link list lock log-out
mail mail-open package-open paperclip pencil plus rotate-ccw rss scale scroll-text sparkles terminal text-quote timer
triangle-alert trophy undo-2 user users wallet x
""".split()  # noqa: SIM905


def symbol(name: str, svg: str) -> str:
    """One icon's shapes as a `<symbol>`; stroke and size come from the style sheet."""
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if shapes is None:
        raise SystemExit(f"{name} is not an SVG file")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(shapes[1].split())}</symbol>'


def main(package: Path) -> None:
    symbols = [symbol(name, (package / "icons" / f"{name}.svg").read_text()) for name in ICONS]
    target = Path(__file__).resolve().parent.parent / "static/vendor/lucide/icons.svg"
    target.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
