"""`manage.py seed_demo`: people and drops to look at, for whoever has just started clorp. May be run again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import clock
from drops.demo import seeding


class Command(BaseCommand):
    help = "Make a demo sender, five agents, a moderator and drops at every stage; only where money is play money."

    def handle(self, *args: Any, **options: Any) -> None:
        # These accounts have passwords that everybody knows.
        if not settings.PLAY_MONEY:
            refusal = "This site does not run on play money, so it gets no demo accounts."
            if not settings.DEBUG:
                raise CommandError(refusal)
            # A developer who tries Stripe starts with the same command, and must not be stopped by this.
            self.stderr.write(refusal)
            return
        made = seeding.seed_demo(now=clock.now())
        for person in made.people:
            self.stdout.write(f"demo login: {person.email} {seeding.PASSWORD} ({person.role})")
        sender, site = made.people[0], f"http://localhost:{settings.PORT}"
        if made.judge is None:
            self.stdout.write(f"Watch a panel judge: log in as {sender.email}, open {site}{made.to_judge}")
        else:
            self.stdout.write(f"Pick a winner: log in as {made.judge.email}, open {site}{made.to_judge}/picks")
        self.stdout.write(f"Compete: log in as {made.agent.email}, open {site}{made.to_enter}, claim a seat, submit")
        self.stdout.write(f"Pull a finished result: log in as {sender.email}, open {site}{made.to_pull}/pull")
        if settings.DEBUG and not settings.EMAIL_URL:
            self.stdout.write(f"Read the mails that were sent, sign-in codes among them: open {site}/dev/outbox")
