"""Nothing that a hostile entry, prompt or judge says becomes active on any page or in any answer of the API."""

from __future__ import annotations

import html
import logging
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.models import User
from drops.contest import attachments, finishing
from drops.judging import snapshots, verdicts
from drops.models import RankingLog, Report
from drops.ranking import Panel, Verdict
from tests.admin_site import change_url, list_url, logged_in, verb_url
from tests.bench.support.judges import play_panel
from tests.drops.ranking.panel_table import Script
from tests.drops.ranking.redteam.entries import FLOODS, HOSTILE, ORDERS, SOCK_PUPPETS
from tests.drops.ranking.redteam.test_redteam import guess
from tests.play import NOON, claim, enter, open_drop, ring, submit, undone

pytestmark = pytest.mark.django_db
PANEL = Panel(("one", "two", "three"))
HARMLESS = "A calm sentence about the sea."
# Whatever loads, runs, sends or changes the page; what these are must not depend on what strangers write.
ACTIVE = {
    "audio", "base", "button", "embed", "form", "iframe", "img", "input", "link", "math", "meta", "object", "script",
    "select", "style", "svg", "template", "textarea", "video",
}  # fmt: skip
# Where a judge would like to lead its readers, and how it tries.
LURE = "https://judge.example/lure"
LURE_TAG = f"<a href={LURE}>"
# Every element of the feed is one of ours.
ATOM = {"feed", "title", "link", "id", "updated", "published", "entry", "summary", "content", "category", "subtitle",
        "author", "name", "rights"}  # fmt: skip
LURES = f"[x]({LURE}) {LURE} {LURE_TAG}"


class Page(HTMLParser):
    """The active tags of a page, its attributes, and what its links and texts say."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.active: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.links: list[dict[str, str]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.text = "".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE:
            self.active[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "a":
            self.links.append({name: value or "" for name, value in attrs})

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def assert_inert(page: Page) -> None:
    for tag, name, value in page.attributes:
        assert not name.startswith("on") and name not in {"style", "srcdoc", "formaction"}, (tag, name, value)
        assert LURE not in value and "judge.example" not in value, (tag, name)
        if name in {"href", "src", "action"}:
            assert not value.strip().casefold().startswith(("javascript:", "data:", "vbscript:")), (tag, value)
    for link in page.links:
        if link.get("href", "").startswith(("http:", "https:", "//", "mailto:")):
            assert "nofollow" in link["rel"] and "noopener" in link["rel"], link


def upload(owner: User, text: str) -> object:
    # With control characters it would be no text, and an entry of files that no model can see.
    text = re.sub(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", "", text)
    name = f"{text[:60]}.note".replace("/", "_")
    return attachments.store_attachment(owner=owner, upload=SimpleUploadedFile(name, text[:9_000].encode()), now=NOON)


def contest(sender: User, agent: User, rival: User, text: str, prompt: str, **more: object) -> object:
    """A drop in ranking, on which `text` is an entry, its file and its file's name; `prompt` is the sender's."""
    # Or the entry would only be the prompt again, and no judge would read it.
    prompt = f"Sing of lighthouses, in words of your own.\n\n{prompt}"
    terms = {"prompt": prompt[:20_000], "title": prompt[:200].strip(), "description": prompt[:10_000]}
    drop = open_drop(sender, pack="cook", **terms, **more)
    claim(drop, agent)
    submit(drop, agent, text[: settings.SUBMISSION_CHARS_MAX], attachments=[upload(agent, text)])
    enter(drop, rival, "An honest answer about the sea and its lamps, of a few words of its own.")
    Report.objects.create(drop=drop, reporter=rival, reason=text[:2_000], created_at=NOON)
    return ring(drop)


def decide(drop: object, agent: User, text: str) -> object:
    """Let a panel find for the hostile entry, with judges that say `said` wherever they may say something."""
    field = snapshots.field_of(drop.round)
    best = str(drop.submissions.get(user=agent).pk)
    order = [best, *(entry.slot for entry in field.entries if entry.slot != best)]
    # The lures first: what a judge says is cut, and behind a long text nobody would see them.
    step, _ = play_panel(PANEL, field, Script(order, remark=f"{LURES} {text[:500]}").answer)
    assert isinstance(step, Verdict), step.reason
    verdicts.append_log(drop.round, step.lines[:1], now=NOON)
    if step.winner is None:
        return finishing.fail_drop(drop=drop, reason="no_passing_entry", verdict=step, now=NOON)
    return finishing.complete_drop(drop=drop, verdict=step, now=NOON)


def pages_of(drop: object, sender: User, agent: User, chief: User, text: str) -> dict[str, Page]:
    """Every page on which `text` may stand, from the bell to the end."""
    path = f"/drops/{drop.pk}"
    as_sender, as_agent, admin = logged_in(sender), logged_in(agent), logged_in(chief)
    seen = {"picks": as_sender.get(f"{path}/picks"), "ranking": as_agent.get(path)}
    drop = decide(drop, agent, text)
    seen |= {
        "drop, sender": as_sender.get(path),
        "drop, agent": as_agent.get(path),
        "drop, guest": admin.get(path),
        "pull": as_sender.get(f"{path}/pull"),
        "my drops": as_sender.get("/me/drops"),
    }
    entry = drop.submissions.get(user=agent)
    seen |= {
        "admin drop": admin.get(change_url(drop)),
        "admin log": admin.get(list_url(RankingLog)),
        "admin reports": admin.get(list_url(Report)),
        "admin verdict": admin.get(change_url(drop.round.verdict)),
        "admin entry": admin.post(verb_url("read", entry), {"reason": "to look"}),
    }
    for name, response in seen.items():
        assert response.status_code == 200, name
        assert response["Content-Security-Policy"].count("unsafe") == 0
    return {name: Page(response.content.decode()) for name, response in seen.items()}


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path):
    settings.MEDIA_ROOT, settings.STAFF_SECOND_FACTOR = tmp_path, False


@pytest.fixture
def chief(db):
    return User.objects.create_superuser("chief@example.com")


@pytest.fixture
def played(sender, agent, rival, chief):
    """`played(text, prompt)` is every page of a contest with that entry and prompt."""

    def play(text: str, prompt: str = "Sing of lighthouses.") -> dict[str, Page]:
        return pages_of(contest(sender, agent, rival, text, prompt), sender, agent, chief, text)

    return play


@pytest.fixture(scope="module")
def sober() -> dict[str, Counter[str]]:
    """Return what is active on each page when nobody tries anything; filled by the first who asks."""
    return {}


# What is only said to judges, in plain words, and lengths of the same, are to pages like any other text.
BY_NIGHT = ({*ORDERS, *FLOODS} - {"plain order", "flood of tags"}) | {"secret mark", "order", "late task"}


@pytest.mark.turns(3)
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.nightly] * (name in BY_NIGHT)) for name in (*HOSTILE, *SOCK_PUPPETS)],
)
def test_it_is_text_on_every_page(name, played, sober):
    if not sober:
        sober |= {page: seen.active for page, seen in undone(played, HARMLESS, HARMLESS).items()}
    text = guess(HOSTILE.get(name) or SOCK_PUPPETS[name])
    pages = played(text, text)
    for page, seen in pages.items():
        assert_inert(seen)
        extra = seen.active - sober[page]
        assert not extra, (page, extra)
    # Or the pages would be harmless only because the judges' words are not on them.
    assert LURE_TAG in pages["pull"].text


@pytest.mark.parametrize("name", ["script", "script link", "forged log", "terminal escapes", "stacked marks"])
def test_the_api_gives_it_as_data_and_the_log_as_plain_lines(name, sender, agent, rival, chief):
    text = guess(HOSTILE[name])
    drop = decide(contest(sender, agent, rival, text, text), agent, text)
    for path in ("logs", "submissions", ""):
        answer = logged_in(sender).get(f"/api/jobs/{drop.pk}/{path}".rstrip("/"))
        assert answer.status_code == 200 and answer["Content-Type"].startswith("application/json")
        assert answer["X-Content-Type-Options"] == "nosniff"
    lines = logged_in(sender).get(f"/api/jobs/{drop.pk}/logs").json()
    assert lines and all(line["content"].isprintable() and len(line["content"]) < 2_000 for line in lines)
    page = logged_in(sender).get(f"/drops/{drop.pk}/pull").content.decode()
    assert html.escape(LURE_TAG) in page and LURE_TAG not in page


ELSEWHERE = ["script", "template", "forged log", "terminal escapes", "turned text"]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_statement_feed_and_logs_get_none_of_it(name, sender, agent, rival, caplog):
    text = guess(HOSTILE[name])
    with caplog.at_level(logging.DEBUG):
        drop = decide(contest(sender, agent, rival, text, text, public_result=True), agent, text)
        statement = b"".join(logged_in(sender).get("/wallet/statement.csv").streaming_content).decode()
        feed = logged_in(rival).get("/feed.atom").content.decode()
    for written in (statement, caplog.text):
        assert str(drop.pk) in statement and text[:30] not in written and LURE not in written
    # What the feed holds of it is the text of an element, to which every reader's markup is data.
    assert str(drop.pk) in feed and LURE_TAG not in feed and set(re.findall(r"<(\w+)", feed)) <= ATOM


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_terminal_shows_it_as_plain_lines(name, sender, agent, rival, capsys):
    text = guess(HOSTILE[name])
    drop = decide(contest(sender, agent, rival, text, text), agent, text)
    # Nothing of it is among the stored answers, so all that stands in the database is found to differ, and said.
    with pytest.raises(CommandError):
        call_command("recompute", str(drop.pk))
    output = capsys.readouterr().out
    assert output and all(line.isprintable() for line in output.splitlines())
