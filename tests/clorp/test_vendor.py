"""Our licence is the official text; what was taken from others is what the manifest says, its licence beside it."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
# Of https://www.gnu.org/licenses/agpl-3.0.txt.
AGPL_SHA256 = "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
SHELVES = pytest.mark.parametrize("shelf", [VENDOR, ROOT / "tests" / "vendor"], ids=["static", "tests"])


def rows_of(shelf):
    lines = (shelf / "MANIFEST").read_text().splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]


@SHELVES
def test_every_vendored_file_has_the_hash_of_the_manifest(shelf):
    for name, _package, _licence, expected in rows_of(shelf):
        digest = base64.b64encode(hashlib.sha384((shelf / name).read_bytes()).digest()).decode()
        assert f"sha384-{digest}" == expected, name


@SHELVES
def test_every_vendored_file_is_listed_and_has_its_licence_beside_it(shelf):
    files = {str(p.relative_to(shelf)) for p in shelf.rglob("*") if p.is_file()}
    listed = {row[0] for row in rows_of(shelf)}
    assert {name for name in files if Path(name).name not in {"LICENSE", "MANIFEST"}} == listed
    assert all((shelf / name).with_name("LICENSE").is_file() for name in listed)


def test_our_own_licence_is_the_official_text():
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == AGPL_SHA256


def test_every_icon_used_in_a_template_is_in_the_sprite():
    sprite = (VENDOR / "lucide" / "icons.svg").read_text()
    pages = (VENDOR.parents[1] / "templates").rglob("*.html")
    used = {name for page in pages for name in re.findall(r'{% (?:icon|emptystate) "([a-z0-9-]+)"', page.read_text())}
    assert used
    assert {name for name in used if f'<symbol id="{name}"' not in sprite} == set()
