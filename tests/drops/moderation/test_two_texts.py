"""Each act of staff has two texts: one for whom it concerns and nobody else, and a note that nobody reads but staff."""

from __future__ import annotations

import json

import pytest

from accounts.models import AuditEvent, Mail, Notification, User
from accounts.notifications.mailing import compose
from core.errors import Suspended
from drops.contest import posting
from drops.contest.terms import Terms
from drops.models import Attachment, Drop, RankingLog, Submission
from tests.addresses import addresses
from tests.directions import directions_of, set_apart
from tests.drops.admin.verb_cases import VERBS, asked_of, cases, verb_named
from tests.play import after, claim, make_user

pytestmark = pytest.mark.django_db
# The acts that somebody hears of, in an order in which each still fits, by who that is.
HEARD_BY = {
    "dismiss-appeal": {"agent"},
    "uphold-appeal": {"agent"},
    "extend": {"sender", "rival"},
    "unhide-drop": {"sender"},
    "hide-drop": {"sender"},
    "remove": {"sender"},
    "judge-by-hand": {"sender"},
    "disqualify": {"agent"},
    "stop": {"sender"},
    "handle": {"rival"},
    "dismiss-case": {"rival"},
    "hide-feedback": {"sender"},
    "unhide-work": {"rival"},
    "hide-work": {"agent"},
    "unhide-file": {"rival"},
    "hide-file": {"agent"},
    "take-handle": {"rival"},
    "unhide-profile": {"rival"},
    "hide-profile": {"agent"},
    "verify-sender": {"sender"},
    "rename": {"sender"},
    "suspend": {"agent"},
    "reinstate": {"gone"},
    "adjust": {"known"},
    "warn": {"known"},
    "limit": {"rival"},
    "lift-limits": {"known"},
    "unverify-sender": {"known"},
    "sign-out": {"known"},
    "revoke-keys": {"known"},
    "give-role": {"fern"},
    "take-role": {"mo"},
}
SILENT = {"read", "read-appealed", "read-panel", "note", "erase", "assign-case"}
SILENT |= {"open-drop-case", "open-entry-case", "open-person-case", "end-pause"}
SILENT |= {"dismiss-mark", "uphold-mark", "uphold-case"}
# Whoever opens the pages concerned reads it.
PUBLIC = {"pause"}


MARK = "\u0639\u0644\u0627\u0645\u0629"


def told(name, begins="Told"):
    return f"{begins} by {name}, word for word."


def note(name):
    return f"Note of {name}, for moderators."


@pytest.fixture
def people(sender, agent, rival):
    return {"sender": sender, "agent": agent, "rival": rival, "fern": make_user("fern")}


@pytest.fixture
def acted(people, request, settings):
    """A site on which every act was done once, with texts that name it."""
    # What waits for a second person is told once that one has approved it.
    settings.FOUR_EYES_ADJUST_CENTS = 1_000
    begins = getattr(request, "param", "Told")
    chief = User.objects.create_superuser("chief@example.com")
    rows = cases(people["sender"], people["agent"], people["rival"])
    # `extend` and `remove` are about one drop, of which `rival` has a seat.
    claim(rows["remove"], people["rival"])
    rows["give-role"] = people["fern"]
    people |= {"gone": rows["reinstate"], "mo": rows["take-role"], "known": rows["warn"]}
    for name in HEARD_BY:
        verb, row = verb_named(name), rows[name]
        fresh = type(row).objects.get(pk=row.pk)
        asked = {verb.subject: fresh, "staff": chief, **asked_of(name, fresh), "told": told(name, begins)}
        verb.call(**asked, reason=note(name), now=after(60))
    return people


def reads(browser, kind=""):
    """Return all that a browser gets to see of the site, whatever it asks for: of one kind, or of all."""
    ids = {
        "drop_id": Drop.objects.values_list("pk", flat=True),
        "submission_id": Submission.objects.values_list("pk", flat=True),
        "attachment_id": Attachment.objects.none(),
    }
    paths = [path for of, known in ids.items() for pk in known for path in addresses(of=of, **{of: pk})]
    seen = (browser.get(path) for path in [*addresses(), *paths])
    return "".join(
        page.content.decode(errors="replace")
        for page in seen
        if not page.streaming and kind in page.headers.get("Content-Type", "")
    )


def is_in(text, words):
    return words in text or json.dumps(words)[1:-1] in text


def test_every_act_is_among_those_that_somebody_hears_of_or_is_silent():
    assert set(HEARD_BY) | SILENT | PUBLIC == set(VERBS)
    assert {name for name in VERBS if not verb_named(name).tells} == SILENT


# Each of them reads every page of the site: by night those too of whom the acts are fewer.
@pytest.mark.parametrize(
    "who", [("sender", "agent", "rival", "a stranger"), pytest.param(("gone", "known"), marks=pytest.mark.nightly)]
)
def test_whom_it_concerns_reads_the_one_text_and_nobody_reads_the_other(acted, browse, who):
    texts = {name: reads(browse(acted.get(name))) for name in who}
    for act, hear in HEARD_BY.items():
        readers = {name for name, text in texts.items() if is_in(text, told(act))}
        assert readers == hear & texts.keys(), act
        assert [name for name, text in texts.items() if is_in(text, note(act))] == [], act


def test_notifications_mails_and_webhooks_get_the_one_text_alone(acted):
    names = {user.pk: name for name, user in acted.items()}
    for act, hear in HEARD_BY.items():
        notes = Notification.objects.filter(text__contains=told(act))
        assert {names[row.user_id] for row in notes} == hear, act
    everything = json.dumps(list(Notification.objects.values("subject", "text", "data", "href")), default=str)
    assert "for moderators" not in everything


# By night: it reads every page of the site as eight people do.
@pytest.mark.nightly
@pytest.mark.parametrize("acted", [MARK], indirect=True)
def test_what_runs_from_right_to_left_turns_nothing_around_it(acted, browse):
    User.objects.filter(pk__in=[user.pk for user in acted.values()]).update(name=MARK)
    for act in HEARD_BY:
        notes = [*Notification.objects.filter(text__contains=told(act, MARK))]
        letter = compose(Mail(user=User.objects.get(pk=notes[0].user_id)), notes)
        ((html, _),) = letter.alternatives
        assert set_apart(notes[0].text, MARK) and all(set_apart(line, MARK) for line in letter.body.splitlines()), act
        assert not (read := directions_of(html, MARK)).faults and read.found == 1 + len(notes), act
    for user in acted.values():
        assert not (faults := directions_of(reads(browse(user), "text/html"), MARK).faults), "\n".join(faults)


def test_no_log_of_a_judging_holds_either(acted):
    lines = " ".join(RankingLog.objects.values_list("content", flat=True))
    assert "by our moderators" in lines and "word for word" not in lines and "for moderators" not in lines


def test_both_are_in_the_audit(acted):
    kept = {event.changes["told"][1]: event.reason for event in AuditEvent.objects.all()}
    assert kept == {told(name): note(name) for name in HEARD_BY}


def test_whoever_is_suspended_reads_why_wherever_they_are_refused(acted, browse):
    agent = User.objects.get(pk=acted["agent"].pk)
    assert told("suspend") in browse(agent).get("/me").content.decode()
    with pytest.raises(Suspended, match=told("suspend")):
        posting.create_drop(sender=agent, terms=Terms(prompt="Name my ferry."), now=after(70))


def test_the_sender_reads_on_the_page_and_by_the_api_why_a_drop_was_ended(acted, browse):
    for act, status in (("remove", "removed_by_staff"), ("stop", "stopped_by_staff")):
        drop = Drop.objects.get(outcome_reason=status)
        assert told(act) in browse(acted["sender"]).get(drop.get_absolute_url()).content.decode()
        assert browse(acted["sender"]).get(f"/api/jobs/{drop.pk}").json()["moderators_told"] == told(act)
        assert browse(acted["fern"]).get(f"/api/jobs/{drop.pk}").json()["moderators_told"] is None
