"""The field of a mail address, which is compared in its canonical form however it is asked for."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from core.addresses import NotAnAddress, address_or_none, canonical_address

# What the database can say of a canonical address: no spaces, no letters in upper case, none beyond ASCII.
CANONICAL = r"^[!-?\[-~]+@[a-z0-9.-]+$"


def validate_address(written: str) -> None:
    try:
        canonical_address(written)
    except NotAnAddress as refusal:
        raise ValidationError(str(refusal)) from refusal


class AddressField(models.EmailField):
    """Stores the canonical form of whatever spelling it is given, and finds it by any."""

    default_validators = [validate_address]

    def get_prep_value(self, value: Any) -> Any:
        """Return what the column is compared with. Text that is no address equals none that is stored."""
        value = super().get_prep_value(value)
        return (address_or_none(value) or "") if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Give the instance what is written, so that it says the same before and after it is read again."""
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value
