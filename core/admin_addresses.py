"""Where a model's rows are in the admin, and who may look at them there."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import reverse


def list_of(model: type[Model]) -> str:
    """Return the address of the list of a model's rows."""
    return _address(model, "changelist")


def page_of(row: Model) -> str:
    """Return the address of a row's own page."""
    return _address(type(row), "change", row.pk)


def may_see(person: Any, model: type[Model]) -> bool:
    """Return whether somebody may look at a model's rows there."""
    return bool(person.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"))


def _address(model: type[Model], page: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)
