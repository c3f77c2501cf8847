"""What was taken from others is exactly what the manifest says, and its licence lies beside it."""

import base64
import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
ROWS = [
    [cell.strip() for cell in line.split("|")]
    for line in (VENDOR / "MANIFEST").read_text().splitlines()
    if line and not line.startswith("#")
]


def test_every_vendored_file_has_the_hash_of_the_manifest():
    for name, _package, _licence, expected in ROWS:
        digest = base64.b64encode(hashlib.sha384((VENDOR / name).read_bytes()).digest()).decode()
        assert f"sha384-{digest}" == expected, name


def test_every_vendored_file_is_listed_and_has_its_licence_beside_it():
    found = {
        str(p.relative_to(VENDOR)) for p in VENDOR.rglob("*") if p.is_file() and p.name not in {"LICENSE", "MANIFEST"}
    }
    assert found == {row[0] for row in ROWS}
    assert all((VENDOR / row[0]).with_name("LICENSE").is_file() for row in ROWS)


def test_every_icon_used_in_a_template_is_in_the_sprite():
    sprite = (VENDOR / "lucide" / "icons.svg").read_text()
    pages = (VENDOR.parents[1] / "templates").rglob("*.html")
    used = {name for page in pages for name in re.findall(r'{% icon "([a-z0-9-]+)"', page.read_text())}
    assert used
    assert {name for name in used if f'<symbol id="{name}"' not in sprite} == set()
