"""One form for one mailbox: addresses as people write them move aside, and what is compared becomes canonical.

Where two accounts turn out to have one address, the one that has confirmed it keeps it, else the older. The other gets
a stand-in, keeps all it has, and is named in the log (docs/operators.md says what to do).
"""

import logging
from collections.abc import Iterator
from typing import Any

from django.db import migrations

from core.addresses import address_or_none, visible_address

log = logging.getLogger(__name__)

STAND_IN = "moved.invalid"


def make_canonical(apps: Any, schema_editor: Any) -> None:
    user_model, address_model = apps.get_model("accounts", "User"), apps.get_model("account", "EmailAddress")
    for user in _in_another_form(user_model):
        canonical = address_or_none(user.email)
        other = user_model.objects.filter(email=canonical).exclude(pk=user.pk).first()
        loser = user if canonical is None else other and _loser(user, other)
        if loser:
            _stand_aside(loser)
        if canonical is not None and loser != user:
            written = visible_address(user.email)[:320]
            user_model.objects.filter(pk=user.pk).update(email=canonical, email_as_written=written)
    for row in _in_another_form(address_model):
        canonical = address_or_none(row.email)
        same = address_model.objects.filter(email=canonical).exclude(pk=row.pk)
        own = same.filter(user=row.user_id).first()
        if canonical is None or own or (row.verified and same.filter(verified=True).exists()):
            row.delete()
            _inherit(own, row)
        else:
            address_model.objects.filter(pk=row.pk).update(email=canonical)


def _in_another_form(model: Any) -> Iterator[Any]:
    """Yield the rows whose address is not what it would be stored as today."""
    for row in model.objects.order_by("pk").iterator(2000):
        if address_or_none(row.email) != row.email:
            yield row


def _loser(user: Any, other: Any) -> Any:
    """Return which of two accounts with one address has to give it up."""

    def rank(one: Any) -> tuple[bool, Any]:
        confirmed = one.emailaddress_set.filter(verified=True).values_list("email", flat=True)
        return address_or_none(user.email) not in map(address_or_none, confirmed), one.created_at

    return max(user, other, key=rank)


def _stand_aside(user: Any) -> None:
    stand_in = f"{user.pk.hex}@{STAND_IN}"
    log.warning("an account can't keep its address", extra={"user": str(user.pk), "address_now": stand_in})
    for row in user.emailaddress_set.all():
        if row.email == user.email or address_or_none(row.email) == address_or_none(user.email):
            row.delete()
    type(user).objects.filter(pk=user.pk).update(email=stand_in, email_as_written=visible_address(user.email)[:320])


def _inherit(kept: Any, dropped: Any) -> None:
    """Let the row that stays be its owner's main one, or confirmed, where the one that went was."""
    if kept is not None:
        kept.primary, kept.verified = kept.primary or dropped.primary, kept.verified or dropped.verified
        kept.save()


def as_written(apps: Any, schema_editor: Any) -> None:
    """Back to what people wrote, in lower case as it was. Rows of allauth's keep the canonical form, which it knows."""
    user_model = apps.get_model("accounts", "User")
    for user in user_model.objects.exclude(email_as_written="").iterator(2000):
        written = user.email_as_written.lower()
        if not user_model.objects.filter(email__iexact=written).exclude(pk=user.pk).exists():
            user_model.objects.filter(pk=user.pk).update(email=written)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_email_as_written"), ("account", "0009_emailaddress_unique_primary_email")]

    operations = [migrations.RunPython(make_canonical, as_written)]
