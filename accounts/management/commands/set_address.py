"""`manage.py set_address USER ADDRESS`: give an account another address, where its owner can't."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.profiles import give_address
from core import clock
from core.errors import Refused


class Command(BaseCommand):
    help = "Make ADDRESS that of the account with the id USER, confirmed. Be sure that it is the owner's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", type=UUID)
        parser.add_argument("address")

    def handle(self, *args: Any, user: UUID, address: str, **options: Any) -> None:
        account = User.objects.filter(pk=user).first()
        if account is None:
            raise CommandError(f"There is no account {user}.")
        try:
            changed = give_address(user=account, address=address, now=clock.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{changed.pk} is {changed.email} now.")
