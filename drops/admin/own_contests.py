"""Contests that whoever looks sent or played, or an account that seems theirs: their desk is closed to them."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.not_theirs import people_of
from core.admin_base import ReadOnlyAdmin
from core.errors import Forbidden
from drops.models import Drop


class ContestAdmin(ReadOnlyAdmin):
    """Rows of contests, without those of one's own: who sits where and what was noted of it would help to win it.

    `contests` are the ways from a row to its drop. `says_why` is whether a page says that it is closed; of a row that
    they can't know of, such as a report, it would say that there is one.
    """

    contests: tuple[str, ...] = ("drop",)
    says_why = False

    def narrow(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        own = Drop.objects.with_stake_of_any(people_of(cast(User, request.user)))
        # Few of the staff have any, and a list without them is read by its index alone.
        if not own.exists():
            return rows
        for way in self.contests:
            rows = rows.exclude(Q(**{f"{way}__in": own.values("pk")}))
        return rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is None and self.says_why and self.is_of_an_own_contest(request, object_id):
            raise Forbidden(
                _("This is about a contest that you sent or play in, so its desk is closed to you."),
                next_step=_("Its own page shows you what players see. Leave the rest to another moderator."),
            )
        return row

    def is_of_an_own_contest(self, request: HttpRequest, object_id: str) -> bool:
        try:
            known = self.model._default_manager.filter(pk=self.opts.pk.to_python(object_id))
        except ValidationError:
            return False
        return known.exists() and not self.narrow(request, known).exists()
