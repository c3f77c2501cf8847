"""One mailbox, one form of its address."""

from __future__ import annotations

import string
import unicodedata

import idna
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from core.addresses import NotAnAddress, address_or_none, canonical_address, readable_address, visible_address

UNSEEN = "\u200b\u200e\u200f\u202a\u202e\u2066\u2069\u2060\ufeff\u00ad"
LABELS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=20)
ADDRESSES = st.builds("{}@{}.example".format, st.text(string.ascii_lowercase + "._+-", min_size=1, max_size=20), LABELS)

SAME = [
    ("Ada@Example.COM", "ada@example.com"),
    (" ada@example.com\n", "ada@example.com"),
    ("ada@example.com.", "ada@example.com"),
    ("ada@exam\u200bple.com", "ada@example.com"),
    ("ada@exam\u200dple.com", "ada@example.com"),
    ("a\u00adda@example.com", "ada@example.com"),
    ("\u202aada@example.com\u202c", "ada@example.com"),
    ("ada@example\u200e.com", "ada@example.com"),
    ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
    ("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"),
    ("ada@XN--bcher-KVA.example", "ada@xn--bcher-kva.example"),
    ("ada@fa\u00df.example", "ada@xn--fa-hia.example"),
    ("ada@FA\u1e9e.example", "ada@xn--fa-hia.example"),
    ("ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"),
    ("ada@\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example", "ada@xn--mgba3gch31f060k.example"),
    ("ada+drops@a--b.example", "ada+drops@a--b.example"),
    ("ada@\u0392\u038c\u039b\u039f\u03a3.example", "ada@xn--nxasmq6b.example"),
    ("ada@x.\u0392\u038c\u039b\u039f\u03a3", "ada@x.xn--nxasmq6b"),
    ("ada@\u03b2\u03cc\u03bb\u03bf\u03c2.example", "ada@xn--nxasmm1c.example"),
    ("ada@\u0131stanbul.example", "ada@xn--stanbul-qfb.example"),
]
NONE = [
    "",
    "ada",
    "@example.com",
    "ada@",
    "ada@example",
    "ada@xn--abc-.example",
    "ada@xn--mnchen-3ya-.example",
    "ada@\u180e.example",
    "ada@example.\u0301com",
    "\U0001d159@example.com",
    "a da@example.com",
    "ada@exa mple.com",
    "ada\x00@example.com",
    "ada@example.com\nBcc: all@example.com",
    "ada@b@example.com",
    '"a da"@example.com',
    "ada@[127.0.0.1]",
    "\u017fam@example.com",
    "sam@\u017fite.example",
    "\u212aate@example.com",
    "kate@\u212aite.example",
    "\uff53am@example.com",
    "sam@\uff45xample.com",
    "sam\uff20example.com",
    "sam\ufe6bexample.com",
    "sam@\u0130stanbul.example",
    "sam@example\u2024com",
    "sam(home)@example.com",
    "Sam <sam@example.com>",
    "mailto:sam@example.com",
    "sam@example.com, kate@example.com",
    ".sam@example.com",
    "s..am@example.com",
    "sam@exam\ufb01ne.example",
    "jürgen@example.com",
    "\ufffdada@example.com",
    "\udcfcada@example.com",
    "ada@\udcfc.example",
    "ada@exam\u2028ple.com",
    "ada@\u202e.example",
    "ada@xn--bcher.example",
    "ada@xn--.example",
    "ada@i\u2764.example",
    "ada@-a.example",
    "ada@a..example",
    "ada@example.com..",
    "ada@" + "a" * 64 + ".example",
    "ada@" + "ü" * 64 + ".example",
    "a" * 65 + "@example.com",
    "ada@" + ".".join(["a" * 60] * 5) + ".example",
    "x" * 100_000,
]


@pytest.mark.parametrize(("written", "canonical"), SAME, ids=ascii)
def test_whatever_reaches_the_same_mailbox_is_one_address(written, canonical):
    assert canonical_address(written) == canonical


@pytest.mark.parametrize("written", NONE, ids=lambda written: ascii(written[:40]))
def test_what_is_no_address_is_refused_with_a_sentence(written):
    with pytest.raises(NotAnAddress, match=r"\.$"):
        canonical_address(written)


@pytest.mark.parametrize(
    "written", ["sam\uff20example.com", "sam\ufe6bexample.com", "sam@\u0130stanbul.example"], ids=ascii
)
def test_a_sign_that_poses_as_a_plain_one_is_named(written):
    with pytest.raises(NotAnAddress, match="only looks like a plain one"):
        canonical_address(written)


@given(st.text(max_size=80) | st.builds("{}@{}".format, st.text(max_size=20), st.text(max_size=40)))
@example("ada@\u0378.example")
def test_any_text_has_one_form_or_none(written):
    canonical = address_or_none(written)
    if canonical is not None:
        assert canonical == canonical_address(canonical) == canonical_address(visible_address(written))
        assert canonical.isascii() and canonical == canonical.lower() and len(canonical) <= 254


@given(ADDRESSES, st.data())
def test_case_and_what_cannot_be_seen_make_no_other_address(address, data):
    assume(address_or_none(address))
    cased = "".join(data.draw(st.sampled_from([char, char.upper()])) for char in address)
    at = data.draw(st.integers(0, len(cased)))
    assert canonical_address(cased[:at] + data.draw(st.sampled_from(UNSEEN)) + cased[at:]) == address


@given(LABELS, st.characters(min_codepoint=128))
def test_no_letter_beyond_ascii_leads_to_a_plain_address(label, char):
    assume(visible_address(char) and char not in "\u200c\u200d\u3002\uff61")
    for written in (f"{label}{char}@site.example", f"ada@{label}{char}.example"):
        canonical = address_or_none(written)
        assert canonical is None or "xn--" in canonical


@given(st.text(st.characters(min_codepoint=0xA1, max_codepoint=0x2FFF), min_size=1, max_size=12))
def test_a_domain_beyond_ascii_is_what_idna_2008_makes_of_it(label):
    canonical = address_or_none(f"ada@{label}.example")
    if canonical is not None and "xn--" in canonical:
        shown = unicodedata.normalize("NFC", visible_address(label)).lower()
        assert f"ada@{idna.encode(shown).decode()}.example" == canonical


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("ada@xn--mller-kva.example", "ada@müller.example"),
        ("ada@XN--mller-kva.example", "ada@müller.example"),
        ("ada@mail.xn--mgba3gch31f060k.example", "ada@mail.\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example"),
        ("ada@example.com", "ada@example.com"),
        ("ada@xn--pple-43d.com", "ada@xn--pple-43d.com"),
        ("ada@xn--a-.example", "ada@xn--a-.example"),
        ("ada", "ada"),
    ],
)
def test_a_domain_is_read_as_its_owner_writes_it_unless_it_poses_as_another(sent, read):
    assert readable_address(sent) == read
    assert address_or_none(read) == address_or_none(sent)
