"""`manage.py erase_person ADDRESS`: say what erasing an account comes to; with `--yes`, do it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import Erasure, User
from core import clock
from core.errors import Refused
from drops.management.person import PersonCommand
from drops.moderation.erasing import erase_user
from drops.privacy.open_ends import open_ends_of
from wallet.money import format_cents
from wallet.money_out.forfeits import rest_of


class Command(PersonCommand):
    help = "Say what stands in the way of erasing the account at ADDRESS; with --yes erase it, which nobody undoes."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--yes", action="store_true")

    def handle(self, *args: Any, address: str, by: str, reason: str, yes: bool, **options: Any) -> None:
        user, staff = self.named(address), self.named(by)
        if not yes:
            self._say_what_it_comes_to(user, clock.now())
            return
        try:
            erase_user(user=user, staff=staff, reason=reason, now=clock.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Erased: the account is {user.pk} from now on.")

    def _say_what_it_comes_to(self, user: User, now: datetime) -> None:
        agreed = Erasure.objects.agreed_cents(user, now)
        open_ends = list(open_ends_of(user, now, gives_up_cents=agreed))
        for end in open_ends:
            self.stdout.write(f"In the way: {end}.")
        if open_ends:
            return
        if agreed and (rest := rest_of(user)):
            self.stdout.write(f"{format_cents(rest)} in the wallet will be the house's: its owner gave it up.")
        self.stdout.write(f"Nothing stands in the way of erasing {user.email}. Say --yes to do it.")
