"""`manage.py export_person ADDRESS FILE`: write the copy of somebody's data that they would get, for one who can't."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from core import clock
from core.errors import Refused
from drops.management.person import PersonCommand
from drops.privacy.handing_over import export_for


class Command(PersonCommand):
    help = "Write the copy of the data of the account at ADDRESS into FILE. That and why it was done stays on record."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, address: str, file: Path, by: str, reason: str, **options: Any) -> None:
        user, staff = self.named(address), self.named(by)
        try:
            # Nobody else's from the first byte on.
            opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise CommandError(f"{file} is there already.") from error
        try:
            with os.fdopen(opened, "wb") as target:
                export_for(user=user, staff=staff, reason=reason, target=target, now=clock.now())
        except BaseException as fault:
            file.unlink()
            if isinstance(fault, Refused):
                raise CommandError(str(fault)) from fault
            raise
        self.stdout.write(f"The copy of {user.email} is in {file}, {file.stat().st_size} bytes.")
