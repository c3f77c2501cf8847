"""Signing in and out, and who one is."""

from __future__ import annotations

import os
import sys

import click

from clorp_cli import credentials
from clorp_cli.amounts import dollars
from clorp_cli.app import App, command, pass_app
from clorp_cli.credentials import Credential
from clorp_cli.errors import Exit, Failure, wrong_usage
from clorp_cli.shown import Json
from clorp_cli.text import clean, one_line

SCOPES = ("read", "compete", "send", "wallet")


@command()
@click.option("--with-key", metavar="KEY", help="Use this API key; - asks for it, or reads it from stdin.")
@click.option("--scope", multiple=True, type=click.Choice(SCOPES), help="Ask for these rights; not wallet by itself.")
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
        app.out.note(f"Open {one_line(address)}\nand check that it shows {one_line(code)}. Waiting …")

    return oauth.sign_in(http, app.site_url, server, scope or oauth.SCOPES, tell=tell)


def _read_key(app: App, given: str | None) -> str:
    if given == "-" and not app.has_person:
        key = sys.stdin.readline()
    elif given not in {None, "-"}:
        key = given
    elif app.has_person:
        app.out.note(f"Make a key at {app.page('me/keys')} and paste it here.")
        key = click.prompt("Key", hide_input=True, err=True)
    else:
        raise wrong_usage("There is no key, and nobody to ask for one.", "Pipe it in: clorp login --with-key -")
    if not key.strip() or not key.strip().isascii() or not key.strip().isprintable():
        raise wrong_usage("That is no key.", f"Make one at {app.page('me/keys')}.")
    return key.strip()


def _keep(app: App, credential: Credential) -> None:
    """Keep a credential once the site has taken it."""
    user = app.speak(credential).get("whoami")["user"]
    credentials.save(app.site_url, credential)
    if os.environ.get("CLORP_KEY"):
        app.out.note("CLORP_KEY is set here and comes first.", style="yellow")
    app.out.result({"site": app.site_url, "user": user}, lambda: [f"Signed in at {app.site_url} as {_name(user)}."])


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
    lines = [f"Signed out of {app.site_url}." if was_kept else f"You weren't signed in at {app.site_url}."]
    if was_kept and not is_ended:
        lines.append(f"Your key still works elsewhere. Revoke it at {app.page('me/keys')}.")
    app.out.result({"site": app.site_url, "signed_out": was_kept, "revoked": is_ended}, lambda: lines)


@command()
@pass_app
def whoami(app: App) -> None:
    """Who you are here, and what is in your wallet."""
    user = app.site.get("whoami")["user"]
    if user is None:
        raise Failure("You aren't signed in.", Exit.SIGN_IN, next_step="clorp login")
    credential = app.site.credential
    origin = credential.origin if credential else ""
    app.out.result(
        user,
        lambda: [
            f"{_name(user)} <{clean(user.get('email'))}> at {app.site_url}",
            f"{dollars(user.get('balance_cents'))} in your wallet",
            f"Signed in by {origin}",
        ],
    )
