"""Print a new API key for a user."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_signed_up
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.keys import create_key
from accounts.models import User
from core import clock
from core.errors import Refused


class Command(BaseCommand):
    help = "Make an API key with every scope for EMAIL (a user is made if there is none) and print only the key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="command line", help="what the list of keys calls it")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            user = User.objects.at_address(email) or self.sign_up(email)
            _, token = create_key(user=user, name=name, now=clock.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(token)

    def sign_up(self, email: str) -> User:
        """A user without a password, told to the other rooms like anybody who signs up."""
        user = User.objects.create_user(email)
        user_signed_up.send(sender=User, request=None, user=user)
        return user
