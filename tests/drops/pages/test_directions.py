"""Strangers' words run in their own direction wherever they are shown, and turn nothing around them."""

from __future__ import annotations

from datetime import timedelta

import pgtrigger
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.utils.safestring import SafeString

from accounts.keys import create_key
from accounts.models import Mail, Notification, User
from accounts.notifications.mailing import compose
from core.markup import render_markdown
from drops.contest.attachments import store_attachment
from drops.models import Drop
from drops.moderation import decisions, disqualifying, people, takedowns
from tests.admin_site import logged_in, verb_url
from tests.directions import directions_of
from tests.play import NOON, claim, judge, make_user, open_drop, post_drop, prove, ring, submit

pytestmark = pytest.mark.django_db
MARK = "\u0639\u0644\u0627\u0645\u0629"
WORDS = f"{MARK} one (1)."
LIVING = {"prompt": f"{WORDS}\n\n- {WORDS}", "title": WORDS, "description": WORDS, "env_vars": {MARK: WORDS}}


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STAFF_SECOND_FACTOR = False


def file_of(user):
    upload = SimpleUploadedFile(f"{MARK}.txt", b"hello")
    return store_attachment(owner=user, upload=upload, now=NOON)


@pytest.fixture
def people_and_drops(db):
    """A sender, an agent, a moderator, and a drop at each stage, with the mark in all that they wrote."""
    sender, ada, bob = make_user("sender"), make_user("ada"), make_user("bob")
    staff = make_user("staff", is_staff=True)
    User.objects.exclude(pk=staff.pk).update(name=WORDS)
    for agent in (ada, bob):
        prove(agent, now=NOON - timedelta(days=1))
    drops = {"pending": post_drop(sender, **LIVING)}
    for number, name in enumerate(("won", "ranking", "staff", "open")):
        at = NOON - timedelta(hours=3 - number)
        drops[name] = open_drop(sender, now=at, attachments=[file_of(sender)], public_result=True, **LIVING)
        for agent in (ada, bob):
            claim(drops[name], agent, now=at)
            submit(drops[name], agent, f"{WORDS}\n\n{agent.email}", attachments=[file_of(agent)], now=at)
        if name != "open":
            drops[name] = ring(drops[name])
    decisions.judge_by_hand(drop=drops["staff"], staff=staff, told=WORDS, reason=WORDS, now=NOON)
    drops["won"] = judge(drops["won"], sender, favourite=ada, grade="A")
    with pgtrigger.ignore("drops.Drop:drop_result_stands"):
        Drop.objects.filter(pk=drops["won"].pk).update(rationale=WORDS)
    create_key(user=ada, name=WORDS, now=NOON)
    return {"sender": sender, "ada": ada, "staff": staff}, drops


PAGES = [
    (None, "/board"),
    (None, "/"),
    (None, "{won}"),
    ("sender", "{open}"),
    ("sender", "{pending}"),
    ("sender", "{ranking}"),
    ("sender", "{ranking}/picks"),
    ("sender", "{staff}"),
    ("sender", "{won}/pull"),
    ("sender", "{won}"),
    ("sender", "/me/drops"),
    ("sender", "/me/notifications"),
    ("ada", "{open}"),
    ("ada", "{won}"),
    ("ada", "/me"),
    ("ada", "/me/keys"),
    ("ada", "/me/competing"),
    ("ada", "/me/notifications"),
    ("ada", "/board?q=%D8%B9%D9%84%D8%A7%D9%85%D8%A9"),
]


@pytest.mark.turns(2)
@pytest.mark.parametrize(("who", "page"), PAGES, ids=str)
def test_what_strangers_wrote_has_its_own_direction(browse, people_and_drops, who, page):
    people, drops = people_and_drops
    paths = {name: drop.get_absolute_url() for name, drop in drops.items()}
    answer = browse(people.get(who)).get(page.format(**paths), follow=True)
    read = directions_of(answer.content.decode(), MARK)
    assert answer.status_code == 200
    assert not read.faults, "\n".join(read.faults)
    assert read.found


def test_so_it_has_where_moderators_act(people_and_drops):
    _, drops = people_and_drops
    console = logged_in(User.objects.create_superuser("chief@example.com"))
    read = directions_of(console.get(verb_url("hide-drop", drops["won"])).content.decode(), MARK)
    assert read.found and not read.faults, "\n".join(read.faults)


def test_what_was_hidden_and_refused_says_why_in_its_own_direction(browse, people_and_drops):
    people_of, drops = people_and_drops
    takedowns.hide_drop(drop=drops["open"], staff=people_of["staff"], told=WORDS, reason=WORDS, now=NOON)
    people.suspend_user(user=people_of["ada"], staff=people_of["staff"], told=WORDS, reason=WORDS, now=NOON)
    seen = browse(people_of["sender"]).get(drops["open"].get_absolute_url())
    refused = browse(people_of["ada"]).post(f"{drops['ranking'].get_absolute_url()}/report", {"reason": WORDS})
    account = browse(people_of["ada"]).get("/me")
    for page in (seen, refused, account):
        read = directions_of(page.content.decode(), MARK)
        assert read.found and not read.faults, "\n".join(read.faults)


def test_a_disqualified_agent_reads_why_in_its_own_direction(browse, people_and_drops):
    people_of, drops = people_and_drops
    entry = drops["open"].submissions.get(user=people_of["ada"])
    disqualifying.disqualify_entry(submission=entry, staff=people_of["staff"], told=WORDS, reason=WORDS, now=NOON)
    page = browse(people_of["ada"]).get(drops["open"].get_absolute_url()).content.decode()
    read = directions_of(page, MARK)
    assert "Disqualified by our moderators" in page
    assert read.found and not read.faults, "\n".join(read.faults)


def test_a_mail_has_it_too(people_and_drops):
    people_of, _ = people_and_drops
    mail = Mail(user=people_of["sender"])
    notes = list(Notification.objects.filter(user=people_of["sender"], text__contains=MARK))
    ((html, _),) = compose(mail, notes).alternatives
    read = directions_of(html, MARK)
    assert read.found > 2 and not read.faults, "\n".join(read.faults)


def test_a_box_for_text_follows_what_is_typed(browse, people_and_drops):
    people_of, drops = people_and_drops
    for who, page in (("ada", drops["open"].get_absolute_url()), ("sender", "/drops/new"), (None, "/")):
        html = browse(people_of.get(who)).get(page).content.decode()
        boxes = [box.partition(">")[0] for box in html.split("<textarea")[1:]]
        assert boxes and all('dir="auto"' in box for box in boxes)


def test_a_sentence_sets_what_it_quotes_apart():
    shown = Template("{{ text|quoting }}").render(Context({"text": f"“{MARK} <b>” was cancelled."}))
    assert shown == f"“<bdi>{MARK} &lt;b&gt;</bdi>” was cancelled."
    ours = SafeString("<a title='“x”'>y</a>")
    assert Template("{{ text|quoting }}").render(Context({"text": ours})) == ours


def test_marks_of_direction_and_flags_reach_the_reader_and_what_turns_text_does_not():
    flag = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
    assert render_markdown(f"(\u200eA\u200f) {flag}") == f"<p>(\u200eA\u200f) {flag}</p>\n"
    assert render_markdown("a\u202eb\u2066c\U000e0067") == "<p>abc</p>\n"


@pytest.mark.parametrize("html", [f"<p>{MARK}</p>", f"<input name=a value={MARK}>", f"<bdi>a</bdi><p>{MARK}"])
def test_what_has_no_direction_is_found(html):
    assert directions_of(html, MARK).faults
    assert not directions_of(f"<bdi>{MARK}</bdi><p dir=auto><b>{MARK}</b></p>", MARK).faults
