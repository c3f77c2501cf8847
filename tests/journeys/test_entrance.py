"""Signing up and in, in a browser: rules for a password are ticked as one types, and a plain list without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.journeys.axe import AXE, faults_by_axe
from tests.journeys.keyboard import faults_by_keyboard
from tests.journeys.ways import CORNERS, EITHER_WAY
from tests.play import make_user

pytestmark = pytest.mark.django_db(transaction=True)

STRANGERS = (
    "login",
    "signup",
    "login/code",
    "password/reset",
    "password/reset/done",
    "password/reset/key/1-x",
    "inactive",
)
MEMBERS = (
    "email",
    "password/change",
    "logout",
    "2fa/webauthn",
    "2fa/webauthn/add",
    "2fa/totp/activate",
    "reauthenticate",
)


def test_rules_are_ticked_while_one_types_and_taken_back(visit):
    page = visit().opens("/accounts/signup/").page
    met = page.locator(".rules .met")
    page.get_by_label("Email").fill("ada.lovelace@example.com")
    page.get_by_label("Password").press_sequentially("lovelace")
    expect(met).to_have_text(["At least 8 characters (met)"])
    page.get_by_label("Password").fill("engine")
    expect(met).to_have_text(["Not like your email address (met)"])
    page.get_by_label("Password").fill("an analytical engine")
    expect(met).to_have_count(2)


@EITHER_WAY
def test_whoever_signs_up_reads_the_rules_and_a_fault_beside_the_field(visit, way):
    visitor = visit(**way).opens("/accounts/signup/")
    expect(visitor.page.locator(".rules li").filter(has_text="At least 8 characters")).to_be_visible()
    visitor.page.get_by_label("Email").fill("ada@example.com")
    visitor.page.get_by_label("Password").fill("12345")
    visitor.presses("Sign up", within=visitor.page.locator("main")).sees("too short")
    visitor.page.get_by_label("Password").fill("an analytical engine")
    visitor.presses("Sign up", within=visitor.page.locator("main"))
    assert User.objects.filter(email="ada@example.com").exists()


def test_what_was_typed_is_shown_by_a_button_and_sent_hidden(visit):
    page = visit().opens("/accounts/login/").page
    box, button = page.get_by_label("Password"), page.get_by_role("button", name="Show password")
    box.fill("an analytical engine")
    expect(box).to_have_attribute("type", "password")
    button.focus()
    page.keyboard.press("Enter")
    expect(box).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(box).to_have_attribute("type", "password")


def test_caps_lock_is_said_while_it_is_on(visit):
    page = visit().opens("/accounts/login/").page
    press = """(isOn) => document.querySelector("#id_password").dispatchEvent(
      new KeyboardEvent("keyup", {key: "A", modifierCapsLock: isOn, bubbles: true}))"""
    page.evaluate(press, True)
    expect(page.get_by_text("Caps Lock is on.")).to_be_visible()
    page.evaluate(press, False)
    expect(page.get_by_text("Caps Lock is on.")).to_be_hidden()


@pytest.mark.parametrize("who", ["stranger", "member"])
def test_all_of_them_are_sound_by_axe_and_by_keyboard(visit, who):
    ada = make_user("ada") if who == "member" else None
    if ada:
        ada.set_password("a good password")
        ada.save()
    visitor, faults = visit(ada, bypass_csp=True, reduced_motion="reduce"), []
    visitor.page.add_init_script(AXE)
    for name in MEMBERS if ada else STRANGERS:
        assert visitor.page.goto(f"/accounts/{name}/").status == 200
        for corner in ("phone_light", "desk_dark"):
            visitor.stands_in(CORNERS[corner])
            is_wide = visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
            faults += [f"{name}, {corner}: scrolls sideways"] if is_wide else []
            faults += [f"{name}, {corner}: {fault}" for fault in faults_by_axe(visitor.page)]
        faults += [f"{name}: {fault}" for fault in faults_by_keyboard(visitor.page)]
    assert not faults, "\n".join(faults)


def test_nothing_of_them_breaks_the_policy(visit):
    ada = make_user("ada")
    for user, names in ((None, STRANGERS), (ada, MEMBERS)):
        visitor = visit(user)
        for name in names:
            visitor.opens(f"/accounts/{name}/")
