"""The rules for every page: the policy that forbids anything inline, and nothing inline to forbid."""

import re

import pytest

from tests import play
from tests.drops.browsing import text_of, weight_of

PUBLIC = ["/", "/board", "/drops/new", "/accounts/login/", "/accounts/signup/", "/accounts/login/code/", "/nowhere"]
OWN = [
    "/me",
    "/me/drops",
    "/me/competing",
    "/me/notifications",
    "/me/notifications/settings",
    "/me/keys",
    "/me/webhooks",
    "/wallet",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/password/set/",
]
# All of it, unpacked: the page, its sheets, scripts with what they import, the icons and both faces.
BYTES_MAX = 200_000
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*(?:src=|application/json))", re.IGNORECASE)
UNLABELLED = re.compile(r"<(?:input|select|textarea)(?![^>]*type=.(?:hidden|submit|radio|checkbox))[^>]*>")


def assert_sober(page):
    assert page["Content-Security-Policy"].count("'self'") >= 5
    assert "unsafe" not in page["Content-Security-Policy"]
    html = text_of(page)
    assert not INLINE.search(html), INLINE.search(html)
    assert html.count("<h1") == 1
    assert weight_of(html) < BYTES_MAX, page.request["PATH_INFO"]
    labels = set(re.findall(r'<label[^>]*for="([^"]+)"', html))
    for control in UNLABELLED.findall(html):
        name = re.search(r'\sid="([^"]+)"', control)
        assert (name and name[1] in labels) or "aria-label" in control, control


@pytest.mark.parametrize("path", PUBLIC)
def test_pages_for_everyone_are_sober(browse, path):
    assert_sober(browse(None).get(path))


@pytest.mark.parametrize("path", OWN)
def test_pages_of_a_member_are_sober(browse, agent, path):
    assert_sober(browse(agent).get(path, follow=True))


def test_the_design_page_is_for_development(browse, settings):
    assert browse(None).get("/design/").status_code == 404
    settings.DEBUG = True
    page = text_of(browse(None).get("/design/"))
    assert not INLINE.search(page)
    shown = (
        "--slime",
        "grade-none big",
        "Bell is ringing",
        "Nothing open",
        "First of three: the winner",
        "Not paid yet,",
    )
    assert [words for words in shown if words not in page] == ["Nothing open"]


def test_every_stage_of_a_drop_is_sober(browse, sender, agent, rival, at):
    play.prove(agent), play.prove(rival)
    pending = play.post_drop(sender)
    running = play.open_drop(sender)
    for player in (agent, rival):
        play.enter(running, player, "```python\nx = 1\n```")
    done = play.finished_drop(sender, agent, rival)
    for drop in (pending, running, done):
        for viewer in (sender, agent, None):
            page = browse(viewer).get(f"/drops/{drop.pk}")
            if page.status_code == 200:
                assert_sober(page)
    play.ring(running)
    for path in (f"/drops/{running.pk}/picks", f"/drops/{done.pk}/pull"):
        assert_sober(browse(sender).get(path))


def test_a_strangers_prompt_stays_text_on_every_page(browse, sender, agent):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"
    drop = play.open_drop(sender, prompt=hostile)
    for path in ("/board", "/board/live", f"/drops/{drop.pk}", f"/drops/{drop.pk}/live"):
        html = text_of(browse(agent).get(path))
        assert "<script>alert" not in html
        assert "<img" not in html
        assert 'href="javascript:' not in html


def test_forms_carry_a_token_against_forgery(sender, db, at):
    from django.test import Client

    drop = play.open_drop(sender)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(sender, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post(f"/drops/{drop.pk}/cancel")
    assert answer.status_code == 403
    assert "nothing was changed" in text_of(answer)
    drop.refresh_from_db()
    assert drop.is_open
