"""The pages of Stripe's that people see: Checkout, onboarding, the portal. For browsers in journeys."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tests.stripe_double.keys import Answer
from tests.stripe_double.shelf import Thing

if TYPE_CHECKING:
    from tests.stripe_double.double import StripeDouble

Choices = list[tuple[str, str]]


def is_page(path: str) -> bool:
    return path.startswith(("/pay/", "/onboard/", "/portal/"))


def serve(double: StripeDouble, method: str, path: str, form: dict[str, list[str]]) -> Answer:
    """The page, or after a button was pressed the way back to our site."""
    _, kind, name = path.split("/", 2)
    thing = double.shelf.things.get(name)
    if thing is None:
        return Answer(404, "<h1>Nothing here</h1>")
    choices, press = {"pay": _checkout, "onboard": _onboarding, "portal": _portal}[kind](double, thing)
    if method == "GET":
        return Answer(200, _page(kind, path, choices, thing.get("_said", "")))
    return Answer(303, "", {"Location": press(form["choice"][0])})


def _page(kind: str, path: str, choices: Choices, message: str) -> str:
    button = '<p><button name="choice" value="{}">{}</button></p>'
    buttons = "".join(button.format(word, escape(label)) for word, label in choices)
    title = {"pay": "Checkout", "onboard": "Onboarding", "portal": "Your cards"}[kind]
    return (
        f'<!doctype html><html lang="en"><title>{title}</title>'
        f'<h1>{title}</h1><p>{escape(message)}</p><form method="post" action="{escape(path)}">{buttons}</form></html>'
    )


def _checkout(double: StripeDouble, session: Thing) -> tuple[Choices, ...]:
    choices = [("pay", "Pay"), ("later", "Pay by bank"), ("decline", "Pay with a bad card"), ("cancel", "Back")]
    if session["mode"] == "setup":
        choices = [("pay", "Save card"), ("cancel", "Back")]

    def press(choice: str) -> str:
        back = (session["success_url"] or "").replace("{CHECKOUT_SESSION_ID}", session["id"])
        match choice:
            case "pay":
                double.pay(session)
            case "later":
                double.pay_later(session)
            case "decline":
                double.decline(session)
                session["_said"] = "Your card was declined. Nothing was charged."
                return f"/pay/{session['id']}"
            case _:
                return session["cancel_url"]
        return back

    return choices, press


def _onboarding(double: StripeDouble, link: Thing) -> tuple[Choices, ...]:
    urls = link["use_case"][link["use_case"]["type"]]

    def press(choice: str) -> str:
        if choice == "stale":
            return urls["refresh_url"]
        if choice == "done":
            double.activate_account(link["account"])
        return urls["return_url"]

    return [("done", "Finish"), ("pause", "Save for later"), ("stale", "The link has expired")], press


def _portal(double: StripeDouble, portal: Thing) -> tuple[Choices, ...]:
    cards = double.shelf.all("payment_method", lambda card: card["customer"] == portal["customer"])
    choices = [(card["id"], f"Remove card {card['card']['last4']}") for card in cards]

    def press(choice: str) -> str:
        if choice == "add":
            double.save_card(portal["customer"])
        elif choice != "back":
            double.detach_card(choice)
        return portal["return_url"] if choice == "back" else f"/portal/{portal['id']}"

    return [*choices, ("add", "Add a card"), ("back", "Back")], press
