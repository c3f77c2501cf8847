"""How a request came here is believed of our proxies alone, and under the names that a proxy knows."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from core.live.headers import SAID_BY_PROXIES, believed

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
