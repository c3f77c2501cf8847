"""Everything that the prose names is there: every link and its heading, every path, every test, every verb."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clorp.site.guide import GUIDES

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if path.name not in {"CHANGELOG.md"}
)
PLACES = ("core", "accounts", "wallet", "drops", "clorp", "cli", "templates", "static", "tests", "docs", "tools", ".ci")
LINK = re.compile(r"\]\(([^)\s]+)\)|\s(?:src|srcset)=\"([^\"\s]+)\"")
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?P<path>[\w.-]+(?:/[\w.*-]+)*/?)(?:::(?P<test>\w+))?")


def links_of(document: Path) -> list[str]:
    links = [link or source for link, source in LINK.findall(document.read_text())]
    return [link for link in links if not re.match(r"https?:|mailto:", link)]


def anchors_of(document: Path) -> set[str]:
    """Return the anchors that GitHub gives a document's headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def paths_of(document: Path) -> list[tuple[str, str | None]]:
    """Return each path of ours that a document names in backticks, with the test that is named in it."""
    matches = [PATH.fullmatch(code) for code in CODE.findall(document.read_text())]
    named = [(match["path"], match["test"]) for match in matches if match]
    return [(path, test) for path, test in named if "/" in path and path.partition("/")[0] in PLACES]


def is_there(path: str, test: str | None) -> bool:
    files = list(ROOT.glob(path.rstrip("/")))
    return bool(files) and (
        test is None or re.search(rf"^def {test}\(", files[0].read_text(), re.MULTILINE) is not None
    )


def stories() -> list[tuple[str, str]]:
    """Return each verb of the list of stories, with the folder that it is said to be in."""
    rows = [line.split("|") for line in (ROOT / "docs/stories.md").read_text().splitlines() if line.startswith("|")]
    return [(verb, CODE.findall(row[2])[0]) for row in rows[2:] for verb in CODE.findall(row[3])]


@pytest.mark.parametrize("document", PAGES, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_of_it(document):
    for link in links_of(document):
        target, _, anchor = link.partition("#")
        file = (document.parent / target).resolve() if target else document
        assert file.exists(), link
        assert not anchor or anchor in anchors_of(file), link


@pytest.mark.parametrize("document", PAGES, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_path_and_every_test_that_is_named_is_there(document):
    assert [named for named in paths_of(document) if not is_there(*named)] == []


@pytest.mark.parametrize(("verb", "folder"), stories())
def test_every_verb_of_a_story_is_where_the_list_says(verb, folder):
    assert any(re.search(rf"^def {verb}\(", file.read_text(), re.M) for file in (ROOT / folder).rglob("*.py"))


def test_every_decision_is_in_the_index_and_names_a_test_that_keeps_it():
    folder = ROOT / "docs/decisions"
    index = links_of(folder / "README.md")
    for document in sorted(folder.glob("0*.md")):
        assert document.name in index
        assert re.findall(r"^## (.+)$", document.read_text(), re.MULTILINE) == [
            "Context",
            "Decision",
            "Cost",
            "Kept by",
        ]
        assert any(test for _, test in paths_of(document)), document.name


def test_every_threat_is_kept_away_by_a_test():
    lines = (ROOT / "docs/security.md").read_text().splitlines()
    rows = [line.split("|")[1:3] for line in lines if line.startswith("|") and not line.startswith(("|--", "| tried"))]
    named = {threat: [PATH.fullmatch(code) for code in CODE.findall(kept_by)] for threat, kept_by in rows}
    assert len(named) > 30
    assert [threat for threat, paths in named.items() if not any(path and path["test"] for path in paths)] == []


def test_what_is_not_there_is_noticed(tmp_path):
    document = tmp_path / "document.md"
    document.write_text(
        "`core/nothing.py` `tests/test_docs.py::test_of_nothing` `core/clock.py` `/api/jobs` `drops.change_drop`"
    )
    missing = [named for named in paths_of(document) if not is_there(*named)]
    assert missing == [("core/nothing.py", None), ("tests/test_docs.py", "test_of_nothing")]
    assert len(paths_of(document)) == 3


def test_the_guides_that_the_site_serves_lead_to_no_page_that_it_does_not():
    for name in GUIDES:
        inside = [link.partition("#")[0] for link in links_of(ROOT / "docs" / f"{name}.md")]
        assert {link for link in inside if link} <= {f"{guide}.md" for guide in (*GUIDES, "errors")}
