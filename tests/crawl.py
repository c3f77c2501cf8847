"""Walk along every page of a stage, for everybody; tell what people wrote from what the site says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag

from django.conf import settings
from django.test import Client
from django.utils.text import capfirst

from accounts.models import ApiKey, PushSubscription, Scope, User, WebhookEndpoint
from drops.models import Drop, Report, Revision, Submission
from drops.packs import PACKS
from tests.browsers import signed_in
from tests.journeys.stage import Stage
from tests.pseudo_locale import Page, Quotations

PEOPLE = (None, "sender", "ada", "newcomer", "staff")
# Files, streams, the API with its reader, and the moderators' site: most of its words are Django's, ours are labels.
NO_PAGES = re.compile(r"^/(attachments|api|admin|live|static|wallet/statement\.csv)|\.(md|png|atom|js)$")
DROP = re.compile(r"/drops/[0-9a-f-]{36}(/live)?")
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/|$)")
STARTS = ("/", "/nothing", "/drops/new", "/accounts/password/reset/", "/accounts/logout/", "/help/judging")
TOLD = ("The sender asked for it.", "It names a person.", "Judged by what counts in its pack.")


def read(client: Client, *starts: str) -> Iterator[tuple[str, Page]]:
    """Walk along every link from `starts`, to one page of each kind; that of a drop is another one at each stage."""
    waiting, kinds = list(starts), set[str]()
    while waiting:
        path = waiting.pop()
        address = path.partition("?")[0]
        kind = address if DROP.fullmatch(address) else IDS.sub("id", address)
        if kind in kinds or NO_PAGES.search(address):
            continue
        kinds.add(kind)
        answer = client.get(path)
        waiting += [answer["Location"]] if "Location" in answer else []
        if "html" in answer.get("Content-Type", "") and "Location" not in answer:
            page = Page(answer.content.decode())
            waiting += [urldefrag(way)[0] for way in page.ways if way.startswith("/")]
            yield path, page


def quotations() -> Quotations:
    rows = [
        *Drop.objects.values_list("prompt", "title", "description", "rationale"),
        *User.objects.values_list("name", "handle", "email"),
        *Revision.objects.values_list("body"),
        *Report.objects.values_list("reason"),
        *Submission.objects.values_list("reasons", flat=True),
        *ApiKey.objects.values_list("name"),
        *WebhookEndpoint.objects.values_list("url"),
        *PushSubscription.objects.values_list("label"),
        Scope.values,
    ]
    headings = [drop.heading for drop in Drop.objects.all()]
    # Packs and what counts in them have the same names in every language.
    packs = [
        *(pack.name for pack in PACKS.values()),
        *(capfirst(each.name) for pack in PACKS.values() for each in pack.rubric),
    ]
    languages = [name for _code, name in settings.LANGUAGES]
    return Quotations([*TOLD, *headings, *packs, *languages, *(each for row in rows for each in row if each)])


def pages_for_everybody(stage: Stage) -> Iterator[tuple[str, str, Page]]:
    """Return who reads it, its address, and the page."""
    drops = [drop.get_absolute_url() for drop in stage.drops.values()]
    for who in PEOPLE:
        client = signed_in(stage.people[who]) if who else Client()
        for path, page in read(client, *STARTS, stage.way_out, *drops):
            yield str(who), path, page
