"""Commands by which operators do something with one person's account; a lead answers for it, and it is on record."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User


class PersonCommand(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the account's address, or its id")
        parser.add_argument("--by", required=True, help="the address of the lead who answers for it")
        parser.add_argument("--reason", required=True)

    def named(self, address: str) -> User:
        """Return whose address or id that is. Raises CommandError."""
        user = User.objects.named(address)
        if user is None:
            raise CommandError(f"Nobody here is called {address}.")
        return user
