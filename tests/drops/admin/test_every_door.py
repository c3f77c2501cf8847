"""No door for staff is left out of the table of rights: also none that is built tomorrow."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from django.contrib import admin

from core.admin_base import VerbAdmin
from tests.addresses import leaves
from tests.drops.admin import desk_doors
from tests.house import DOORS, STORIES, House, imports_of, kind_of, read_house, room_of

OF_A_MODEL = ("changelist", "add", "history", "delete", "change", "act")
OF_THE_SITE = {"index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n"}
OF_THE_SITE |= {"view_on_site", "app_list"}
# What stands between a button and its verb, as it puts a form's fields together.
BY_WAY_OF = {"uphold": "uphold_appeal"}
# It gives whoever works on a case no more than what they took; a command is for those who are at the server.
KEPT, AT_THE_SERVER = {"renew_lease"}, ".management."


def verbs_of_staff(house: House) -> Iterator[tuple[str, str]]:
    """Yield module and name of each verb that is told who of the staff asks."""
    for module, tree in house.items():
        if room_of(module) in STORIES and kind_of(module) == "verbs":
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and "staff" in {one.arg for one in node.args.kwonlyargs}:
                    yield module, node.name


def asked_at_doors(house: House) -> set[str]:
    """Return the verbs of staff that stand in a module of a door."""
    doors = [one for one in house if room_of(one) in STORIES and kind_of(one) in DOORS.values()]
    asked = set()
    for door in (one for one in doors if AT_THE_SERVER not in one):
        known = {module for _line, module in imports_of(house, door)}
        names = {getattr(node, "attr", None) or getattr(node, "id", "") for node in ast.walk(house[door])}
        asked |= {name for module, name in verbs_of_staff(house) if module in known and name in names}
    return asked


def test_each_address_of_the_admin_is_djangos_a_verbs_or_asked_by_each_role():
    labels = [model._meta.label_lower.replace(".", "_") for model in admin.site._registry]
    of_models = {f"{label}_{end}" for label in labels for end in OF_A_MODEL}
    known = {*OF_THE_SITE, *of_models, *desk_doors.ADDRESSES, *desk_doors.SHOWN_ALONE, None}
    assert {leaf.name for route, leaf in leaves() if route.startswith("admin/")} - known == set()
    assert set(desk_doors.ADDRESSES.values()) <= set(desk_doors.ACTS)


def test_each_verb_that_a_door_asks_for_staff_is_asked_by_each_role():
    house = read_house()
    pages = (page for page in admin.site._registry.values() if isinstance(page, VerbAdmin))
    called = {verb.call.__name__ for page in pages for verb in page.verbs}
    by_buttons, verbs = {BY_WAY_OF.get(name, name) for name in called}, {name for _, name in verbs_of_staff(house)}
    assert by_buttons <= verbs and len(asked_at_doors(house)) > 50
    assert asked_at_doors(house) - by_buttons - set(desk_doors.VERBS) - KEPT == set()
    assert set(desk_doors.VERBS.values()) <= set(desk_doors.ACTS)
