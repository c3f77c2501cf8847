"""Programs that nobody lets in are forgotten, and so are tokens that are over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client, Token
from django.utils import timezone

from accounts.oauth.clients import forget_tokens, forget_unused_clients
from tests.accounts.oauth.programs import Program, let_in
from tests.browsers import signed_in

pytestmark = pytest.mark.django_db


def test_a_program_that_nobody_let_in_is_forgotten_after_a_day(agent):
    used, _unused = Program.known(), Program.known()
    let_in(signed_in(agent), used, "read")
    now = timezone.now()
    assert forget_unused_clients(now=now) == 0
    assert forget_unused_clients(now=now + timedelta(days=1)) == 1
    assert [client.pk for client in Client.objects.all()] == [used.client_id]


def test_tokens_that_are_over_are_forgotten(agent):
    let_in(signed_in(agent), Program.known(), "read")
    kinds = Token.objects.values_list("type", flat=True)
    forget_tokens(now=timezone.now() + timedelta(hours=2))
    assert [*kinds.all()] == [Token.Type.REFRESH_TOKEN]


def test_a_program_can_t_let_itself_in(db):
    Client.objects.create(id="sly", name="  Sly\n", skip_consent=True, allow_uri_wildcards=True)
    client = Client.objects.get()
    assert (client.name.strip(), client.skip_consent, client.allow_uri_wildcards) == ("Sly", False, False)
