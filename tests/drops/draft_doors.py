"""The doors by which a draft is saved and thrown away, and all that others see meanwhile: for the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import User
from core.errors import Refused
from drops.contest import drafts
from drops.models import Drop
from drops.pages.shared import VOLATILE
from tests.play import after

DOORS = ["verb", "api", "page"]


class Doors:
    """A part of the machine; `api` and `browsers` are everybody's, by name, and `user` loads one as they are now."""

    drop: Drop
    now: float
    api: dict[str, Any]
    browsers: dict[str, Any]
    user: Callable[[str], User]

    def savers(self):
        return {"verb": self.save_by_verb, "api": self.save_by_api, "page": self.save_by_page}

    def discarders(self):
        return {"verb": self.discard_by_verb, "api": self.discard_by_api, "page": self.discard_by_page}

    def save_by_verb(self, name, **draft):
        drafts.save_draft(drop_id=self.drop.pk, agent=self.user(name), now=after(self.now), **draft)

    def save_by_api(self, name, **draft):
        self.demand(self.api[name].send("put", f"jobs/{self.drop.pk}/draft", draft), {200})

    def save_by_page(self, name, body, at_bell):
        sent = {"body": body, **({"at_bell": "on"} if at_bell else {})}
        self.demand(self.browsers[name].post(f"/drops/{self.drop.pk}/draft", sent), {302})

    def discard_by_verb(self, name):
        drafts.discard_draft(drop_id=self.drop.pk, agent=self.user(name), now=after(self.now))

    def discard_by_api(self, name):
        self.demand(self.api[name].delete(f"jobs/{self.drop.pk}/draft"), {204})

    def discard_by_page(self, name):
        self.demand(self.browsers[name].post(f"/drops/{self.drop.pk}/draft/discard"), {302})

    def demand(self, answer, statuses):
        if answer.status_code not in statuses:
            assert 400 <= answer.status_code < 500, answer.content
            raise Refused(str(answer.content))

    def seen_by(self, which, besides):
        """All that somebody who did not write it finds about the drop; not each time, for it takes long."""
        if which % 4:
            return []
        others = [name for name in self.api if name != besides]
        viewer = others[which // 4 % len(others)]
        paths = ["", "/claims", "/submissions", "/logs", "/draft", "/picks"]
        told = [self.api[viewer].get(f"jobs/{self.drop.pk}{path}").content for path in paths]
        told = [line for line in told if b"request_id" not in line]
        part = self.browsers[viewer].get(f"/drops/{self.drop.pk}/live").content.decode()
        return [*told, VOLATILE.sub("", part), Drop.objects.filter(pk=self.drop.pk).values().get()]
