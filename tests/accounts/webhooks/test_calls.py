"""The call itself, against a server that is not as it should be: another's certificate, no end, nothing at all."""

import re
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from accounts.webhooks import guard, http_post
from accounts.webhooks.guard import Unreachable

HEAD = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """A certificate for hook.example, signed by itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hook.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("papers") / "hook.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return str(file)


def whole_request(line):
    """All of it: a line that is closed with something unread takes the answer along."""
    with line.makefile("rb") as read:
        head = b"".join(iter(read.readline, b"\r\n"))
        told = re.search(rb"(?i)content-length: (\d+)", head)
        return head + b"\r\n" + read.read(int(told[1]) if told else 0)


@pytest.fixture
def server(papers, monkeypatch, settings):
    """`server(answer)` listens by TLS as hook.example and answers one call; gives its port and what it heard."""
    settings.WEBHOOKS_TO_PRIVATE = True
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(papers)
    monkeypatch.setattr(http_post, "AUTHORITIES", papers)
    # Nothing here is about how fast this machine is.
    monkeypatch.setattr(http_post, "CONNECT_SECONDS_MAX", 60.0)
    monkeypatch.setattr(http_post, "ANSWER_SECONDS_MAX", 60.0)
    monkeypatch.setattr(guard, "resolve", lambda host, port: (ip_address("127.0.0.1"),))
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(60)
    heard, over = [], threading.Event()

    def serve(answer):
        try:
            plain, _ = listening.accept()
            with ours.wrap_socket(plain, server_side=True) as line:
                heard.append(whole_request(line))
                answer(line, over)
        except OSError:
            pass

    def start(answer):
        thread = threading.Thread(target=serve, args=(answer,), daemon=True)
        thread.start()
        return listening.getsockname()[1], heard

    yield start
    over.set()
    listening.close()


def test_the_name_is_kept_for_the_certificate_and_the_host_though_an_address_is_called(server):
    port, heard = server(lambda line, over: line.sendall(HEAD))
    headers = {"webhook-id": "msg_1"}
    reply = http_post.post(f"https://hook.example:{port}/in?a=1", body='{"ü": 1}', headers=headers)
    assert reply == (204, None)
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /in?a=1 HTTP/1.1\r\n") and body == '{"ü": 1}'.encode()
    assert f"Host: hook.example:{port}".encode() in head and b"webhook-id: msg_1" in head


def test_a_redirect_is_an_answer_and_not_a_way_on(server):
    port, _ = server(lambda line, over: line.sendall(b"HTTP/1.1 302 Found\r\nLocation: https://10.0.0.7/\r\n\r\n"))
    assert http_post.post(f"https://hook.example:{port}/", body="{}", headers={}).status == 302


def test_a_page_is_read_no_further_than_it_may_be(server):
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000
    port, heard = server(lambda line, over: line.sendall(page))
    assert http_post.get(f"https://hook.example:{port}/in", bytes_max=10) == (200, b"x" * 11)
    assert heard[0].startswith(b"GET /in HTTP/1.1\r\n") and heard[0].endswith(b"\r\n\r\n")


def asking_for(header):
    """A server that is busy and says so."""
    busy = f"HTTP/1.1 503 Busy\r\nRetry-After: {header}\r\n\r\n".encode()
    return lambda line, over: line.sendall(busy)


@pytest.mark.parametrize("seconds", [300, 0, -300])
def test_when_an_address_wants_to_be_asked_again_is_heard_as_a_date_too(server, seconds):
    port, _ = server(asking_for(formatdate(time.time() + seconds, usegmt=True)))
    status, wait = http_post.post(f"https://hook.example:{port}/", body="{}", headers={})
    assert status == 503 and max(0, seconds - 60) <= wait <= max(0, seconds)


@pytest.mark.parametrize("seconds", [300, 0])
def test_when_an_address_wants_to_be_asked_again_is_heard(server, seconds):
    port, _ = server(asking_for(seconds))
    assert http_post.post(f"https://hook.example:{port}/", body="{}", headers={}) == (503, seconds)


@pytest.mark.parametrize("header", ["soon", "-5", "1e9", "9" * 400, "Thu, 99 Nov 2026 08:49:37 GMT", ""])
def test_what_makes_no_sense_of_when_to_ask_again_is_not_heard(server, header):
    port, _ = server(asking_for(header))
    status, seconds = http_post.post(f"https://hook.example:{port}/", body="{}", headers={})
    assert status == 503 and (seconds is None or seconds == 21_600)


BEFORE = {
    "to go on": b"HTTP/1.1 100 Continue\r\n\r\n",
    "at work": b"HTTP/1.1 102 Processing\r\n\r\n",
    "hints": b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n",
    "several": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\n\r\nHTTP/1.1 103 X\r\nA: b\r\n\r\n",
    "unheard of": b"HTTP/1.1 199 Soon\r\n\r\n",
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_what_comes_before_an_answer_is_none(server, before):
    port, _ = server(lambda line, over: line.sendall(before + b"HTTP/1.1 202 Accepted\r\nRetry-After: 7\r\n\r\n"))
    assert http_post.post(f"https://hook.example:{port}/", body="{}", headers={}) == (202, 7)


def test_what_comes_before_an_answer_does_not_come_for_ever(server):
    port, _ = server(lambda line, over: line.sendall(b"HTTP/1.1 103 X\r\n\r\n" * 1_000))
    with pytest.raises(Unreachable, match="broke"):
        http_post.post(f"https://hook.example:{port}/", body="{}", headers={})


def test_another_protocol_is_an_answer_and_no_delivery(server):
    port, _ = server(lambda line, over: line.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"))
    assert http_post.post(f"https://hook.example:{port}/", body="{}", headers={}).status == 101


def test_anothers_certificate_is_not_accepted(server):
    port, heard = server(lambda line, over: line.sendall(HEAD))
    with pytest.raises(Unreachable, match="certificate"):
        http_post.post(f"https://other.example:{port}/", body="{}", headers={})
    assert heard == []


def drip(line, over):
    """An answer that comes by and by and never ends, each piece within any limit for one read."""
    while not over.wait(0.05):
        line.sendall(b"H")


def endless(line, over):
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.is_set():
        line.sendall(b"X: " + b"y" * 60_000 + b"\r\n")


def nothing(line, over):
    over.wait(60)


def broken(line, over):
    line.sendall(b"220 mail.example ESMTP\r\n")


@pytest.mark.parametrize("answer", [drip, endless, nothing, broken])
def test_an_answer_that_never_ends_or_is_none_is_not_waited_for(server, answer, monkeypatch):
    monkeypatch.setattr(http_post, "ANSWER_SECONDS_MAX", 0.3)
    port, _ = server(answer)
    with pytest.raises(Unreachable):
        http_post.post(f"https://hook.example:{port}/", body="{}", headers={})


def test_a_body_of_any_size_is_not_read(server):
    def flood(line, over):
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n" + b"z" * 100_000)

    port, _ = server(flood)
    assert http_post.post(f"https://hook.example:{port}/", body="{}", headers={}).status == 200


def test_where_nobody_listens_there_is_no_connection(settings):
    settings.WEBHOOKS_TO_PRIVATE = True
    # Held, or somebody else could listen there meanwhile.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}/"
        with pytest.raises(Unreachable, match="no connection"):
            http_post.post(url, body="{}", headers={})
