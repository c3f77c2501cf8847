"""A look at each request to the OAuth server before allauth sees it, which stumbles over some of what can be sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from allauth.core.internal.httpkit import extract_basic_auth
from allauth.idp.oidc.internal.oauthlib.utils import extract_headers, get_uri
from django.http import HttpRequest
from oauthlib.common import urldecode

from accounts.oauth.mending import is_readable

# Of what is sent, all that is taken apart as an address.
ADDRESSES = ("client_id", "redirect_uri", "resource")


def fault_in_question(request: HttpRequest) -> str:
    """Return why a request to the OAuth server can't be read; nothing where it can."""
    try:
        urldecode(urlsplit(get_uri(request)).query)
    except ValueError:
        return "The query is not encoded as one is: write each sign as % and two hexadecimal digits."
    sent = [(name, text) for form in (request.GET, request.POST) for name, texts in form.lists() for text in texts]
    who = extract_basic_auth(extract_headers(request))
    if any("\x00" in (text or "") for texts in (*sent, who) for text in texts):
        return "A parameter, or what `Authorization` says, contains a NUL character."
    bad = next((name for name, text in sent if name in ADDRESSES and not is_readable(text)), "")
    return f"{bad} is no address that can be read." if bad else ""
