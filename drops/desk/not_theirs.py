"""Cases, reports and risk marks about somebody: what is noted of them is not theirs to read, should they be staff."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import not_theirs
from drops.models import Appeal, Case, Claim, Drop, Report, RiskMark, Submission
from drops.models.submission import RevisionFile


def reports_about(people: Collection[UUID]) -> QuerySet[Report]:
    """Return the reports of their drops, and of feedback that they wrote."""
    return Report.objects.filter(Q(drop__sender__in=people, feedback=None) | Q(feedback__written_by__in=people))


def none_about(people: Collection[UUID], reports: QuerySet[Report]) -> QuerySet[Report]:
    """Return those of `reports` that are about none of these people, nor about a contest that they sent or play."""
    about_them, own = reports_about(people), Drop.objects.with_stake_of_any(people)
    return reports.exclude(Q(pk__in=about_them.values("pk")) | Q(drop__in=own.values("pk")))


def seats_elsewhere(people: Collection[UUID], seats: QuerySet[Claim]) -> QuerySet[Claim]:
    """Return those of `seats` that are in none of these people's own contests."""
    return seats.exclude(drop__in=Drop.objects.with_stake_of_any(people).values("pk"))


def targets_about(people: Collection[UUID]) -> Iterator[str]:
    own = Drop.objects.with_stake_of_any(people)
    yield from (f"drop:{pk}" for pk in own.values_list("pk", flat=True))
    entries = Submission.objects.filter(drop__in=own.values("pk"))
    yield from (f"submission:{pk}" for pk in entries.values_list("pk", flat=True))
    files = RevisionFile.objects.filter(revision__submission__drop__in=own.values("pk"))
    yield from (f"attachment:{pk}" for pk in files.values_list("attachment", flat=True))
    inputs = Drop.attachments.through.objects.filter(drop__in=own.values("pk"))
    yield from (f"attachment:{pk}" for pk in inputs.values_list("attachment", flat=True))
    others = Case.objects.not_about(people).values("pk")
    yield from (f"case:{pk}" for pk in Case.objects.exclude(pk__in=others).values_list("pk", flat=True))
    yield from (f"report:{pk}" for pk in reports_about(people).values_list("pk", flat=True))
    yield from (f"appeal:{pk}" for pk in Appeal.objects.filter(user__in=people).values_list("pk", flat=True))
    yield from (f"riskmark:{pk}" for pk in RiskMark.objects.about_any(people).values_list("pk", flat=True))


not_theirs.register_targets(targets_about)
