"""Where to go on after a login: to a page of ours, and nowhere else, whatever the address says."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from allauth.core.context import request_context
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils.encoding import iri_to_uri
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.adapter import AccountAdapter
from accounts.models import User
from tests.accounts.entrance.test_kept_forms import ELSEWHERE, PASSWORD

OURS = ["/me", "/board?q=\u00e9", "/drops/new?from=x#top"]
NOWHERE = [
    *ELSEWHERE,
    *("http:///x", "javascript:alert(1)", "/\\\\evil.example", "\t//evil.example", "http://testserver@evil.example/"),
    *(
        "http://[::1]:x/",
        "http://testserver:99999/",
        " ",
        "///[",
        "http://\u2100.example",
        "https://[v1.x]/",
        "//\u202eevil",
    ),
]
WAYS_IN = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/logout/",
    "/accounts/login/code/confirm/",
    "/admin/login/",
]
IN_AND_OUT = [*((one, one) for one in OURS), *((one, "/board") for one in NOWHERE)]


@pytest.mark.django_db
@pytest.mark.parametrize(("sent", "leads_to"), IN_AND_OUT, ids=ascii)
def test_a_login_leads_on_to_a_page_of_ours(sent, leads_to):
    assert {Client().get(way, {"next": sent}).status_code for way in WAYS_IN} <= {200, 302}
    User.objects.create_user("ada@example.com", PASSWORD)
    answer = Client().post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD, "next": sent})
    assert (answer.status_code, answer["Location"]) == (302, iri_to_uri(leads_to))


@given(st.text() | st.text("/\\[]:@.?#htps \t\u2100", max_size=14))
@example("http://[")
def test_no_address_is_a_fault_of_ours_and_none_leads_away(sent):
    with request_context(RequestFactory().get("/")) as request:
        if AccountAdapter(request).is_safe_url(sent):
            to = urlsplit(sent.replace("\\", "/"))
            assert to.scheme in {"", "http", "https"} and to.netloc in {"", "testserver", *settings.ALLOWED_HOSTS}
