"""Helpers for tests of the moderators' site: logging in, asking a verb, and walking every page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def grant(user: User, *permissions: str) -> User:
    """Let `user` moderate with these permissions and no other, and return them as the next request sees them."""
    codenames = ["moderate", *(permission.partition(".")[2] for permission in permissions)]
    user.groups.clear()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return User.objects.get(pk=user.pk)


def verb_url(name: str, *rows: Any) -> str:
    options = rows[0]._meta
    url = reverse(f"admin:{options.app_label}_{options.model_name}_act", args=[name])
    return f"{url}?ids={','.join(str(row.pk) for row in rows)}"


def confirm(client: Client, url: str, *, follow: bool = True, **fields: object) -> Any:
    """Look at a verb's question, then send its form as it stands there; return the page that this leads to, or
    without `follow` the answer itself."""
    page = client.get(url, follow=True)
    # Whoever is sent elsewhere finds no question there, though there may be another form.
    form = page.context.get("form")
    version = form["version"].value() if form is not None and "version" in form.fields else ""
    return client.post(url, {"version": version, **fields}, follow=follow)


def change_url(row: Any) -> str:
    # A key's primary key is its digest, so its page goes by another id.
    address = getattr(row, "public_id", row.pk)
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[address])


def list_url(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def admin_pages() -> dict[type[Model], ModelAdmin]:
    """Return the moderators' page of each model that has one."""
    return {model: admin.site.get_model_admin(model) for model in apps.get_models() if admin.site.is_registered(model)}


def every_page() -> Iterator[str]:
    """The index, every list, and the page of every row of every model there is."""
    yield reverse("admin:index")
    for model in admin_pages():
        yield list_url(model)
        yield from (change_url(row) for row in model.objects.order_by("pk")[:20])
