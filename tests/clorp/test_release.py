"""Releases, in a repository made for each test: what stops one, and what one leaves behind."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from clorp.dev import release
from clorp.dev.release import check_release, commit_day, git, make_release
from clorp.dev.say import Trouble
from clorp.dev.version import read_version

DAY = date(2026, 12, 1)
NOTES = "### Added\n\n- Drops can be pinned.\n\n### Fixed\n\n- The bell rings once."
OLDER = "## 0.1.0 - 2026-11-24\n\n- The first of all."
CHANGELOG = f"# Changelog\n\nNewest first.\n\n## Unreleased\n\n{NOTES}\n\n{OLDER}\n"
ENTRY = '{\n  "version": "0.1.0",\n  "remotes": []\n}\n'
PROJECT = '[project]\nname = "clorp"\nversion = "0.1.0"\n\n[tool.mypy]\npython_version = "3.11"\n'


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A clean repository on main, at 0.1.0, out of reach of the settings of whoever runs the tests."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "config", "user.name", "Ada")
    git(tmp_path, "config", "user.email", "ada@clorp.example")
    write(tmp_path, "CHANGELOG.md", CHANGELOG)
    write(tmp_path, "pyproject.toml", PROJECT)
    write(tmp_path, "server.json", ENTRY)
    (tmp_path / "cli/clorp_cli").mkdir(parents=True)
    write(tmp_path, "cli/pyproject.toml", PROJECT)
    write(tmp_path, "cli/clorp_cli/__init__.py", 'VERSION = "0.1.0"\n')
    return tmp_path


def write(root, name, text):
    (root / name).write_text(text)
    git(root, "add", name)
    git(root, "commit", "--quiet", "--message", f"Write {name}.")


def check(root, version="0.2.0", lint=lambda: 0):
    return check_release(root=root, version=version, lint=lint)


def state(root):
    return git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain"), git(root, "tag")


def assert_refused(root, sentence, **asked):
    before = state(root)
    with pytest.raises(Trouble, match=sentence):
        check(root, **asked)
    assert state(root) == before


def test_a_release_that_may_be_made_shows_its_notes_and_changes_nothing(root):
    before = state(root)
    assert check(root) == NOTES
    assert state(root) == before


@pytest.mark.parametrize("version", ["0.1.0", "0.0.9", "0.1", "v0.2.0", "0.2.0rc1", "00.2.0", "0.2.0\n", "0.٣.0"])
def test_a_version_that_is_no_step_up_is_refused(root, version):
    assert_refused(root, "is no version|is not higher", version=version)


@pytest.mark.parametrize("version", ["0.1.1", "0.10.0", "1.0.0"])
def test_versions_are_compared_by_number(root, version):
    assert check(root, version) == NOTES


def test_another_branch_is_refused(root):
    git(root, "switch", "--quiet", "--create", "mends")
    assert_refused(root, "made on main; this is mends")


def test_a_tree_with_changes_is_refused(root):
    (root / "new.py").write_text("")
    assert_refused(root, "not clean")


def test_a_tag_that_is_there_is_not_made_again(root):
    git(root, "tag", "v0.2.0")
    assert_refused(root, "v0.2.0 exists already")


@pytest.mark.parametrize("text", [CHANGELOG.replace(NOTES, "### Added"), "# Changelog\n\n## Unreleased\n\n" + OLDER])
def test_a_changelog_with_nothing_new_is_refused(root, text):
    write(root, "CHANGELOG.md", text)
    assert_refused(root, "no entry under")


@pytest.mark.parametrize("heading", ["## Coming", "### Unreleased", "## Unreleased changes"])
def test_a_changelog_without_the_section_is_refused(root, heading):
    write(root, "CHANGELOG.md", CHANGELOG.replace("## Unreleased", heading))
    assert_refused(root, "no section `## Unreleased`")


def test_code_that_lint_refuses_is_not_released(root):
    assert_refused(root, "lint does not pass", lint=lambda: 1)


def test_a_dry_run_leaves_the_clients_of_an_earlier_one_and_makes_none(root, monkeypatch):
    left, before = root / "dist/clients-0.2.0/left", state(root)
    left.parent.mkdir(parents=True)
    left.write_text("")
    made = []

    def make(folder):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "python").mkdir(parents=True)
        made.append(folder)
        return [folder / "python"]

    for name, value in {"ROOT": root, "make_clients": make, "check_release": lambda **_: NOTES}.items():
        monkeypatch.setattr(release, name, value)
    assert release.run_release(["0.2.0", "--dry-run"]) == 0
    assert [*root.glob("dist/**/*")] == [left.parent, left] and not made[0].exists()
    left.unlink(), left.parent.rmdir()
    assert state(root) == before


def test_a_release_dates_the_changelog_and_raises_the_version(root):
    make_release(root=root, version="0.2.0", day=DAY)
    expected = f"# Changelog\n\nNewest first.\n\n## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n{NOTES}\n\n{OLDER}\n"
    assert (root / "CHANGELOG.md").read_text() == expected
    assert (root / "pyproject.toml").read_text() == PROJECT.replace("0.1.0", "0.2.0")
    assert (root / "server.json").read_text() == ENTRY.replace("0.1.0", "0.2.0")
    assert (root / "cli/pyproject.toml").read_text() == PROJECT.replace("0.1.0", "0.2.0")
    assert (root / "cli/clorp_cli/__init__.py").read_text() == 'VERSION = "0.2.0"\n'


def test_a_release_is_one_commit_with_an_annotated_tag_that_holds_the_notes(root):
    before = git(root, "rev-parse", "HEAD")
    make_release(root=root, version="0.2.0", day=DAY)
    assert git(root, "rev-parse", "HEAD~1") == before
    assert git(root, "log", "-1", "--format=%s") == "clorp: Release 0.2.0."
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "cat-file", "-t", "v0.2.0") == "tag"
    assert git(root, "rev-parse", "v0.2.0^{commit}") == git(root, "rev-parse", "HEAD")
    assert git(root, "tag", "--list", "--format=%(contents)", "v0.2.0") == f"clorp 0.2.0\n\n{NOTES}"


def test_a_release_has_the_date_of_its_commit_in_utc(root, monkeypatch):
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-12-01T23:30:00-02:00")
    assert commit_day(root) == date(2026, 12, 2)


def test_the_first_release_of_a_changelog_ends_with_its_notes(root):
    write(root, "CHANGELOG.md", f"## Unreleased\n\n{NOTES}\n")
    make_release(root=root, version="0.2.0", day=DAY)
    assert (root / "CHANGELOG.md").read_text() == f"## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n{NOTES}\n"


def test_two_releases_in_a_row_need_something_new_between(root):
    make_release(root=root, version="0.2.0", day=DAY)
    assert_refused(root, "no entry under", version="0.3.0")


def test_a_commit_that_is_refused_leaves_everything_as_it_was(root):
    hook = root / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho not today\nexit 1\n")
    hook.chmod(0o755)
    before = state(root)
    with pytest.raises(Trouble, match="git commit failed:\nnot today"):
        make_release(root=root, version="0.2.0", day=DAY)
    assert state(root) == before


def test_a_tag_that_is_refused_takes_its_commit_back(root):
    git(root, "config", "tag.gpgSign", "true")
    git(root, "config", "gpg.program", "false")
    before = state(root)
    with pytest.raises(Trouble, match="git tag failed"):
        make_release(root=root, version="0.2.0", day=DAY)
    assert state(root) == before


def test_a_version_line_elsewhere_is_never_taken_for_ours(root):
    project = '[tool.other]\nversion = "9.9.9"\n\n[project]\nname = "clorp"\nversion = "0.1.0"\n'
    write(root, "pyproject.toml", project)
    with pytest.raises(Trouble, match="no line `version"):
        make_release(root=root, version="0.2.0", day=DAY)
    assert (root / "pyproject.toml").read_text() == project
    assert read_version(root) == "0.1.0"
