"""An entry on its way: its files first, then its text, as one request that is done once."""

from __future__ import annotations

from clorp_cli.files import Upload
from clorp_cli.shown import Json
from clorp_cli.site import Site, part


def submit_entry(site: Site, drop_id: str, body: str, files: list[Upload]) -> Json:
    """Submit a text with files; of a try that was killed at any point, the same again is the same entry.

    What was sent is known by its content, and each file has a key of its own under that of the entry: a repeat gets
    the ids of the first try, so the request for the entry is the same, byte by byte.
    """
    intent = site.intend(f"submit {drop_id}", body, *(f"{file.name} {file.sha256}" for file in files))
    ids = [site.upload(file, f"{intent.key}-{number}")["id"] for number, file in enumerate(files)]
    wanted = {"body": body, **({"attachments": ids} if ids else {})}
    entry: Json = site.post(f"jobs/{part(drop_id)}/submit", wanted, intent=intent)
    return entry


def attach_files(site: Site, files: list[Upload], purpose: str) -> list[str]:
    """Upload files for a drop; a repeat gets the same ids."""
    intent = site.intend(f"attach {purpose}", *(f"{file.name} {file.sha256}" for file in files))
    return [site.upload(file, f"{intent.key}-{number}")["id"] for number, file in enumerate(files)]
