"""`manage.py recompute DROP`: the result of a drop from its stored answers, compared with the stored result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from drops.judging.recompute import NoVerdict, count_answers, differences
from drops.models import Drop


class Command(BaseCommand):
    help = "Compute a drop's result again from its stored answers; exits 1 and says where it differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("drop", type=UUID, help="the drop's id")

    def handle(self, *args: Any, **options: Any) -> None:
        drop = Drop.objects.filter(pk=options["drop"]).first()
        if drop is None:
            raise CommandError("There is no such drop.", returncode=2)
        try:
            sentences = differences(drop)
        except NoVerdict as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        for sentence in sentences:
            self.stdout.write(sentence)
        if sentences:
            raise CommandError(f"The stored result differs from the stored answers: {len(sentences)} findings.")
        self.stdout.write(f"same result, from {count_answers(drop)} answers of {drop.round.get_judge_display()}")
