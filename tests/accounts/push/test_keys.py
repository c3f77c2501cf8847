"""The cryptography of web push, by the RFCs' own examples, and the site's key."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import VapidKey
from accounts.push import base64url, vapid
from accounts.push.encrypting import PLAIN_BYTES_MAX, encrypt
from tests.play import NOON
from tests.push_double import Browser
from tests.push_double.service import claims_of

# RFC 8291, appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
SERVERS_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSERS_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSERS_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95b"
    "Qpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def key_of(text):
    return ec.derive_private_key(int.from_bytes(base64url.decode(text), "big"), ec.SECP256R1())


def test_a_message_is_encrypted_as_the_rfc_has_it():
    body = encrypt(
        PLAIN,
        p256dh=base64url.decode(BROWSERS_POINT),
        auth=base64url.decode(AUTH),
        own_key=key_of(SERVERS_KEY),
        salt=base64url.decode(SALT),
    )
    assert base64url.encode(body) == BODY
    assert Browser(key=key_of(BROWSERS_KEY), secret=base64url.decode(AUTH)).decrypt(body) == PLAIN


@given(plain=st.binary(max_size=PLAIN_BYTES_MAX))
def test_whatever_fits_is_read_by_its_browser_and_fits_what_a_service_takes(plain):
    browser = Browser()
    body = encrypt(plain, p256dh=browser.point, auth=browser.secret)
    assert browser.decrypt(body) == plain and len(body) <= 4_096


def test_what_would_not_fit_is_not_encrypted():
    browser = Browser()
    with pytest.raises(ValueError, match="at most 3993 bytes"):
        encrypt(b"x" * (PLAIN_BYTES_MAX + 1), p256dh=browser.point, auth=browser.secret)


def test_no_two_messages_have_the_same_key():
    browser = Browser()
    first, second = (encrypt(b"same", p256dh=browser.point, auth=browser.secret) for _ in range(2))
    assert first[:86] != second[:86] and first != second


@pytest.mark.django_db
def test_the_sites_key_is_made_once_and_kept(settings):
    settings.VAPID_PRIVATE_KEY = ""
    assert vapid.public_key(NOON) == vapid.public_key(NOON)
    assert VapidKey.objects.count() == 1


@pytest.mark.django_db
def test_the_operators_own_key_comes_before_it_and_none_is_made(settings):
    settings.VAPID_PRIVATE_KEY = BROWSERS_KEY
    assert vapid.public_key(NOON) == BROWSERS_POINT and not VapidKey.objects.exists()


@pytest.mark.parametrize(("mail", "contact"), [("ops@clorp.example", "ops@clorp.example"), ("", "hello@localhost")])
def test_a_push_service_learns_who_sends_for_whom_and_until_when(settings, mail, contact):
    settings.CONTACT_EMAIL, settings.DEFAULT_FROM_EMAIL = mail, "clorp <hello@localhost>"
    header = vapid.authorization("https://push.example/send/one?x=1", key_of(BROWSERS_KEY), NOON)
    claims, key = claims_of({"Authorization": header})
    until = int(NOON.timestamp()) + 12 * 3_600
    assert claims == {"aud": "https://push.example", "exp": until, "sub": f"mailto:{contact}"}
    assert key == BROWSERS_POINT


def test_a_key_for_operators_is_one_that_the_site_takes(capsys):
    call_command("make_vapid_key")
    printed = capsys.readouterr().out.strip()
    assert len(printed) == 43 and vapid.read_key(printed)
