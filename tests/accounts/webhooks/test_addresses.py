"""Which addresses a webhook may have, and where a call goes."""

from ipaddress import ip_address

import pytest

from accounts.models import WebhookEndpoint
from accounts.webhooks import endpoints, guard
from accounts.webhooks.guard import Unreachable, find_target, is_public
from core.errors import Invalid
from tests.play import NOON

URL = "https://hook.example/clorp?a=1"
INSIDE = """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255
192.0.2.1 198.18.0.1 240.0.0.1 ::1 :: fe80::1 fc00::1 fec0::1 ff02::1 ::ffff:127.0.0.1 64:ff9b::a00:1 2002:a00:1::1
3fff::1 2001::1 2001:db8::1 192.0.0.192 192.88.99.1 168.63.129.16"""


@pytest.fixture(autouse=True)
def site(settings):
    settings.WEBHOOKS_TO_PRIVATE = False


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/",
        "ftp://hook.example/",
        "https://",
        "hook.example",
        "https://user:word@hook.example/",
        "https://hook.example/#part",
        "https://hook.example:8443/",
        "https://hook.example:99999/",
        "https://localhost/",
        "https://printer.local/",
        "https://db.internal/",
        "https://intranet/",
        "https://10.0.0.7/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.7]/",
        "https://hook.example\\@10.0.0.7/",
        "https://hook.example/ a",
        "https://hook.example/\r\nX: y",
        "https://höök.example/",
        "https://hook.example/" + "a" * 500,
    ],
)
def test_an_address_that_is_none_or_leads_inside_is_refused_beside_its_field(agent, url):
    with pytest.raises(Invalid) as refusal:
        endpoints.add_webhook(user=agent, url=url, now=NOON)
    assert list(refusal.value.errors) == ["url"] and not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("inside", INSIDE.split())
def test_a_name_is_refused_if_any_of_its_addresses_leads_inside(monkeypatch, inside):
    assert not is_public(ip_address(inside))
    answers = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", (inside, 443))]
    monkeypatch.setattr(guard.socket, "getaddrinfo", lambda *args, **more: answers)
    with pytest.raises(Unreachable, match="private network"):
        find_target(URL)


def test_a_public_name_is_called_at_the_address_that_was_checked(monkeypatch):
    asked = []
    where = [
        (2, 1, 6, "", ("93.184.215.14", 443)),
        (10, 1, 6, "", ("2606:2800:21f:cb07::1", 443, 0, 0)),
    ]
    monkeypatch.setattr(guard.socket, "getaddrinfo", lambda *args, **more: asked.append(args) or where)
    target = find_target(URL)
    assert asked == [("hook.example", 443)] and target.host == "hook.example" and target.path == "/clorp?a=1"
    assert [str(address) for address in target.addresses] == [info[4][0] for info in where]
