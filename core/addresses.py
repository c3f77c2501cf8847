"""Mail addresses: the one form in which they are compared, looked up and written to. No rows, no clock.

People write one mailbox in many ways. Two spellings that mail programs deliver to the same place must be one account,
and no spelling may lead to the account of somebody else.
"""

from __future__ import annotations

import unicodedata

import idna
import regex
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Invalid

CHARS_MAX = 254
LOCAL_CHARS_MAX = 64
_JOINERS = "\u200c\u200d"
# All but the joiners: some domains are written with those.
_UNSEEN = regex.compile(rf"[\p{{Default_Ignorable_Code_Point}}--[{_JOINERS}]]", regex.VERSION1)
_is_address = EmailValidator()


class NotAnAddress(Invalid):
    code = "not_an_address"
    message = gettext_lazy("This is no address that mail can be sent to.")

    def __init__(self, sentence: str) -> None:
        super().__init__({"email": sentence})


def visible_address(written: str) -> str:
    """Return an address as it was written, less what can't be seen: fit to be shown."""
    return _UNSEEN.sub("", written).strip()


def readable_address(address: str) -> str:
    """Return an address with its domain as its owner reads it, not as browsers send it (`xn--mller-kva.example`).

    A label stays as it is where it has letters of more than one script, or makes no domain: it may pose as another.
    """
    local, at, domain = address.rpartition("@")
    if "xn--" not in domain.lower():
        return address
    return local + at + ".".join(map(_readable_label, domain.split(".")))


def canonical_address(written: str) -> str:
    """Return the one form of an address that is compared, looked up and sent to: plain letters in lower case, the
    domain as IDNA 2008 has it.

    A letter that only looks like one of a to z (a long s, the Kelvin sign, full-width ones) is refused, not taken for
    it as NFKC would: the guess could only ever open somebody else's account. Raises NotAnAddress.
    """
    shown = visible_address(written)
    local, at, domain = shown.rpartition("@")
    local = local.translate(dict.fromkeys(map(ord, _JOINERS)))
    if any(_poses_as_plain(char) for char in shown):
        raise NotAnAddress(_("This address has a letter that only looks like a plain one. Type it again, by hand."))
    if not at or not local or not domain:
        raise NotAnAddress(_("Enter an email address, such as ada@example.com."))
    if not local.isascii() or len(local) > LOCAL_CHARS_MAX:
        raise NotAnAddress(
            _("We can only write to addresses with up to {most} plain letters before the @.").format(
                most=LOCAL_CHARS_MAX
            )
        )
    address = f"{local.lower()}@{_canonical_domain(domain)}"
    try:
        _is_address(address)
    except ValidationError:
        address = ""
    # Quoted names and bare IP addresses are legal and next to never a person's.
    if not address or len(address) > CHARS_MAX or address[0] == '"' or address[-1] == "]":
        raise NotAnAddress(_("Enter an email address, such as ada@example.com."))
    return address


def address_or_none(written: str) -> str | None:
    """Return the canonical form; None for what is no address."""
    try:
        return canonical_address(written)
    except NotAnAddress:
        return None


def _poses_as_plain(char: str) -> bool:
    # The Turkish capital of i becomes an i with a second dot, which no domain that anybody means has.
    return char == "\u0130" or (
        not char.isascii() and unicodedata.normalize("NFKC", char).casefold().isascii() and char not in "ßẞ"
    )


def _canonical_domain(written: str) -> str:
    """Return a domain in lower case and, where it is not plain, as A-labels; one dot at its end says nothing."""
    # Letter by letter, as IDNA maps them: what a capital sigma becomes must not hang on what stands behind it.
    domain = "".join(map(str.lower, unicodedata.normalize("NFC", written))).removesuffix(".")
    domain = ".".join(_without_joiners(label) for label in domain.split("."))
    if domain.isascii() and "xn--" not in domain:
        return domain
    try:
        return idna.encode(domain).decode("ascii")
    except UnicodeError as fault:  # Also idna's own.
        raise NotAnAddress(_("There can be no such domain after the @. Check how it is spelled.")) from fault


def _readable_label(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        readable = idna.decode(label)
    except UnicodeError:  # Also idna's own.
        return label
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in readable if char.isalpha()}
    return readable if len(scripts) == 1 else label


def _without_joiners(label: str) -> str:
    """Return a label without joiners where they join nothing; elsewhere IDNA says which may stand."""
    bare = label.translate(dict.fromkeys(map(ord, _JOINERS)))
    return bare if bare.isascii() else label
