"""Signing in and out, and who one is."""

from __future__ import annotations

import os
import sys

import click

from clorp_cli import credentials
from clorp_cli.amounts import dollars
from clorp_cli.app import App, command, pass_app
from clorp_cli.asking import option
from clorp_cli.credentials import Credential
from clorp_cli.errors import Exit, Failure, wrong_usage
from clorp_cli.shown import Json
from clorp_cli.text import clean, one_line
from clorp_cli.words import gettext as _

SCOPES = ("read", "compete", "send", "wallet")


@command()
@option("--with-key", metavar="KEY", help="Use this API key; - asks for it, or reads it from stdin.")
@option("--scope", multiple=True, type=click.Choice(SCOPES), help="Ask for these rights; not wallet by itself.")
@pass_app
def login(app: App, with_key: str | None, scope: tuple[str, ...]) -> None:
    """Sign in, by browser or with a key.

    By browser: open the address that is shown, here or on a phone, and compare the code. Where a site doesn't offer
    that, or with --with-key -, paste a key from Settings, Keys.
    """
    if with_key is None and (credential := _by_browser(app, scope)):
        return _keep(app, credential)
    key = _read_key(app, with_key)
    return _keep(app, Credential(key, "", credentials.fingerprint(key)))


def _by_browser(app: App, scope: tuple[str, ...]) -> Credential | None:
    from clorp_cli import oauth

    credentials.require_safe_way(app.site_url)
    http = app.speak(None).http
    server = oauth.discover(http, app.site_url)
    if server is None:
        return None

    def tell(address: str, code: str) -> None:
        words = _("Open {address}\nand check that it shows {code}. Waiting …")
        app.out.note(words.format(address=one_line(address), code=one_line(code)))

    return oauth.sign_in(http, app.site_url, server, scope or oauth.SCOPES, tell=tell)


def _read_key(app: App, given: str | None) -> str:
    if given == "-" and not app.has_person:
        key = sys.stdin.readline()
    elif given not in {None, "-"}:
        key = given
    elif app.has_person:
        app.out.note(_("Make a key at {address} and paste it here.").format(address=app.page("me/keys")))
        key = click.prompt(_("Key"), hide_input=True, err=True)
    else:
        words = _("There is no key, and nobody to ask for one.")
        raise wrong_usage(words, _("Pipe it in: clorp login --with-key -"))
    if not key.strip() or not key.strip().isascii() or not key.strip().isprintable():
        raise wrong_usage(_("That is no key."), _("Make one at {address}.").format(address=app.page("me/keys")))
    return key.strip()


def _keep(app: App, credential: Credential) -> None:
    """Keep a credential once the site has taken it."""
    user = app.speak(credential).get("whoami")["user"]
    credentials.save(app.site_url, credential)
    if os.environ.get("CLORP_KEY"):
        app.out.note(_("CLORP_KEY is set here and comes first."), style="yellow")
    words = _("Signed in at {site} as {name}.").format(site=app.site_url, name=_name(user))
    app.out.result({"site": app.site_url, "user": user}, lambda: [words])


def _name(user: Json) -> str:
    return one_line(user.get("name") or user.get("email"))


@command()
@pass_app
def logout(app: App) -> None:
    """Forget your sign-in on this machine. One by browser ends at the site too; a key stays valid until revoked."""
    kept = credentials.find(app.site_url)
    is_ended = False
    if kept and kept.refresh_token:
        from clorp_cli import oauth

        is_ended = oauth.revoke(app.anyone.http, app.site_url, kept)
    was_kept = credentials.remove(app.site_url)
    words = _("Signed out of {site}.") if was_kept else _("You weren't signed in at {site}.")
    lines = [words.format(site=app.site_url)]
    if was_kept and not is_ended:
        words = _("Your key still works elsewhere. Revoke it at {address}.")
        lines.append(words.format(address=app.page("me/keys")))
    app.out.result({"site": app.site_url, "signed_out": was_kept, "revoked": is_ended}, lambda: lines)


@command()
@pass_app
def whoami(app: App) -> None:
    """Who you are here, and what is in your wallet."""
    user = app.site.get("whoami")["user"]
    if user is None:
        raise Failure(_("You aren't signed in."), Exit.SIGN_IN, next_step="clorp login")
    credential = app.site.credential
    origin = credential.origin if credential else ""
    app.out.result(
        user,
        lambda: [
            f"{_name(user)} <{clean(user.get('email'))}> · {app.site_url}",
            _("{sum} in your wallet").format(sum=dollars(user.get("balance_cents"))),
            _("Signed in by {origin}").format(origin=origin),
        ],
    )
