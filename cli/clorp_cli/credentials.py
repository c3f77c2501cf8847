"""Whom the command speaks for, at which site: one file, readable by its owner alone."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clorp_cli.errors import wrong_usage
from clorp_cli.places import config_folder, read_json, write_private
from clorp_cli.words import gettext as _

DEFAULT_SITE = "http://localhost:8000"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Credential:
    """A key, or a token of OAuth with what renews it. `account` tells accounts apart in what is kept on disk."""

    token: str
    origin: str
    account: str
    refresh_token: str = ""
    expires_at: float = 0.0
    client_id: str = ""


def file() -> Path:
    return config_folder() / "credentials.json"


def site_address(named: str | None) -> str:
    """Return the site to speak to: as named, by CLORP_URL, by the last login, else the one on this machine."""
    url = named or os.environ.get("CLORP_URL") or str(read_json(file()).get("site") or "") or DEFAULT_SITE
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        words = _("{url!r} is no address of a site.").format(url=url)
        raise wrong_usage(words, _("Give one such as https://clorp.example."))
    return url.rstrip("/")


def require_safe_way(site: str) -> None:
    """Refuse to send a key where everybody on the way can read it."""
    parts = urlsplit(site)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not os.environ.get("CLORP_INSECURE"):
        raise wrong_usage(
            _("{site} is not encrypted, so your key would be readable on its way. Nothing was sent.").format(site=site),
            _("Use https://, or set CLORP_INSECURE=1 on a network you trust."),
        )


def find(site: str) -> Credential | None:
    """Return CLORP_KEY, else what was kept at login for this site."""
    if key := os.environ.get("CLORP_KEY", "").strip():
        if not key.isascii() or not key.isprintable():
            raise wrong_usage(_("CLORP_KEY holds no key."))
        return Credential(key, "CLORP_KEY", fingerprint(key))
    kept = _sites().get(site)
    if not isinstance(kept, dict) or not kept.get("token"):
        return None
    _keep_private()
    known = {name: kept[name] for name in ("refresh_token", "expires_at", "client_id") if kept.get(name)}
    return Credential(str(kept["token"]), str(file()), str(kept.get("account") or ""), **known)


def save(site: str, credential: Credential) -> None:
    """Keep a credential, and make its site the one that is spoken to."""
    kept = {name: value for name, value in vars(credential).items() if value and name != "origin"}
    write_private(file(), {**read_json(file()), "site": site, "sites": {**_sites(), site: kept}})


def remove(site: str) -> bool:
    sites = _sites()
    if site not in sites:
        return False
    del sites[site]
    write_private(file(), {"sites": sites})
    return True


def renewed(old: Credential, answer: dict[str, Any], *, now: float) -> Credential:
    """Return a credential with the tokens of a token answer (RFC 6749, section 5.1)."""
    return replace(
        old,
        token=str(answer["access_token"]),
        refresh_token=str(answer.get("refresh_token") or old.refresh_token),
        expires_at=now + float(answer.get("expires_in") or 3600),
    )


def fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _sites() -> dict[str, Any]:
    sites = read_json(file()).get("sites")
    return dict(sites) if isinstance(sites, dict) else {}


def _keep_private() -> None:
    """Take back what others may read: a copied or edited file can have lost its mode."""
    if os.name != "nt" and stat.S_IMODE(file().stat().st_mode) & 0o077:
        file().chmod(0o600)
