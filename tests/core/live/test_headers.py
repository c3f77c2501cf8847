"""How a request came here is believed of our proxies alone, and under the names that a proxy knows."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from core.live.headers import SAID_BY_PROXIES, believed, came_from

PROXY, STRANGER = "10.0.0.2", "10.1.0.9"
PLAIN = [(b"host", b"localhost"), (b"cookie", b"a=b")]


@pytest.fixture(autouse=True)
def one_proxy(settings):
    settings.PROXY_NETWORKS = [ip_network("10.0.0.0/24"), ip_network("fd00::/64")]


def kept(headers, peer):
    return believed({"headers": headers, "client": peer and (peer, 4711)})


@pytest.mark.parametrize("peer", [PROXY, STRANGER, None])
@pytest.mark.parametrize("name", [b"x_forwarded_for", b"x_forwarded-proto", b"x-real_ip", b"content_length", b"_"])
def test_a_name_with_an_underscore_reaches_nobody(name, peer):
    assert kept([*PLAIN, (name, b"1.2.3.4")], peer) == PLAIN


@pytest.mark.parametrize("name", sorted(SAID_BY_PROXIES))
def test_a_proxy_may_say_what_others_may_not(name):
    header = (name, b"1.2.3.4")
    for peer in (PROXY, "fd00::7"):
        assert kept([*PLAIN, header], peer) == [*PLAIN, header]
    for peer in (STRANGER, "fd01::7", "unix", "", None):
        assert kept([*PLAIN, header], peer) == [*PLAIN, (b"forwarded", b"for=unknown")]


def test_what_nobody_passed_on_stays_as_it_came():
    assert kept(PLAIN, STRANGER) == kept(PLAIN, PROXY) == PLAIN


WRITTEN = {
    "1.2.3.4": "1.2.3.4",
    "1.2.3.4:56789": "1.2.3.4",
    "::ffff:1.2.3.4": "1.2.3.4",
    "::FFFF:102:304": "1.2.3.4",
    "[::ffff:1.2.3.4]:443": "1.2.3.4",
    "::1": "::1",
    "[::1]": "::1",
    "[::1]:443": "::1",
    "[2001:DB8:0::7]:65535": "2001:db8::7",
    "2001:db8::7:443": "2001:db8::7:443",
    "unknown": "unknown",
    "unknown:80": "unknown:80",
    "1.2.3.4:": "1.2.3.4:",
    "[::1": "[::1",
    "[1.2.3]:80": "[1.2.3]:80",
    "": "",
    "\xe9": "\xe9",
}


@pytest.mark.parametrize("written", WRITTEN)
def test_an_address_is_one_however_a_proxy_writes_it(written):
    way = f"8.8.8.8:1,{written}".encode("latin-1")
    plain = f"8.8.8.8, {WRITTEN[written]}".encode("latin-1")
    for peer in (PROXY, f"::ffff:{PROXY}"):
        assert kept([(b"x-forwarded-for", way)], peer) == [(b"x-forwarded-for", plain)]


@pytest.mark.parametrize(
    ("client", "plain"), [((f"::ffff:{PROXY}", 1), (PROXY, 1)), (("::1", 1), ("::1", 1)), (None, None)]
)
def test_whoever_connects_to_a_socket_of_both_protocols_is_one_too(client, plain):
    assert came_from({"client": client}) == plain and came_from({}) is None
