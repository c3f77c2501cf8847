"""Why something is marked, in a sentence made when it is read; and where what it names is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.words import Words
from drops.models import RiskMark
from drops.models.link_evidence import LinkKind
from drops.models.risk import RiskKind
from wallet.money import format_cents

RULES: dict[str, Words] = {
    "cloud-key": gettext_lazy("a key to a cloud"),
    "code-host-key": gettext_lazy("a key to a code host"),
    "payment-key": gettext_lazy("a key to payments"),
    "model-key": gettext_lazy("a key to a model"),
    "chat-key": gettext_lazy("a key to a chat service"),
    "private-key": gettext_lazy("a private key"),
    "session-token": gettext_lazy("a token of a session"),
    "address-with-password": gettext_lazy("an address with a password in it"),
    "password": gettext_lazy("a password"),
    "recovery-words": gettext_lazy("the recovery words of a wallet"),
    "card-number": gettext_lazy("a card's number"),
    "bank-account": gettext_lazy("a bank account"),
    "social-security": gettext_lazy("a social security number"),
    "passport-number": gettext_lazy("a passport's number"),
    "lives-at": gettext_lazy("where somebody lives"),
    "contact-of-a-person": gettext_lazy("how to reach somebody"),
    "list-of-people": gettext_lazy("a list of people"),
    "break-in": gettext_lazy("asks to get into somebody's account"),
    "spying": gettext_lazy("asks to spy on somebody"),
    "doxxing": gettext_lazy("asks who somebody is or where they live"),
    "phishing": gettext_lazy("asks for a page or message that steals"),
    "malware": gettext_lazy("asks for harmful software"),
    "forged-papers": gettext_lazy("asks for forged papers"),
    "fake-reviews": gettext_lazy("asks for made-up reviews"),
    "drugs": gettext_lazy("asks for drugs"),
    "weapons": gettext_lazy("asks for weapons"),
    "laundering": gettext_lazy("asks how to hide money or pass a check"),
    "stolen-cards": gettext_lazy("asks for stolen cards or accounts"),
    "threat": gettext_lazy("asks to threaten or harass somebody"),
    "intimate-images": gettext_lazy("asks for intimate pictures of somebody"),
    "piracy": gettext_lazy("asks to break a licence"),
}
FIGURES: dict[str, Words] = {
    "agreement": gettext_lazy("how often both orders agree"),
    "first": gettext_lazy("how often what was shown first is put first"),
    "longer": gettext_lazy("how often the longer entry is preferred"),
    "unread": gettext_lazy("how many answers were unusable"),
}


def why(mark: RiskMark) -> str:
    """Return in a sentence what a rule noticed."""
    return _SENTENCES[RiskKind(mark.kind)](mark.evidence)


def _share(share: float) -> str:
    return f"{share:.0%}"


def _copy(evidence: dict[str, Any]) -> str:
    code, words = evidence["code"], max(evidence["words"], evidence["held"])
    sentence = _("Like an earlier entry by somebody else on another drop: {share} of its words are the same.")
    if code > words:
        sentence = _("Like an earlier entry by somebody else on another drop: {share} of its code has the same shape.")
    return sentence.format(share=_share(max(code, words)))


def _prompt(evidence: dict[str, Any]) -> str:
    rules = ", ".join(str(RULES.get(name, name)) for name in evidence["rules"])
    return _("In the prompt: {rules}.").format(rules=rules)


def _ring(evidence: dict[str, Any]) -> str:
    figures = {"drops": evidence["drops"], "sum": format_cents(evidence["cents"])}
    if "circle" in evidence:
        sentence = _(
            "{people} accounts win each other's drops in a circle: {drops} drops for {sum} in 90 days, {share} of all "
            "that they paid for."
        )
        return sentence.format(people=len(evidence["circle"]), share=_share(evidence["share"]), **figures)
    shares = {"sender": _share(evidence["of_sender"]), "winner": _share(evidence["of_winner"])}
    sentence = _(
        "One account won {drops} of this sender's drops in 90 days, for {sum}: {sender} of what the sender paid for, "
        "and {winner} of all that the winner won."
    )
    return sentence.format(**shares, **figures)


def _web(evidence: dict[str, Any]) -> str:
    labels = ", ".join(str(LinkKind(kind).label) for kind in evidence["signs"] if kind in LinkKind.values)
    figures = {"people": len(evidence["members"]), "met": evidence["met"], "signs": labels}
    if evidence["sends"]:
        sentence = _("{people} accounts share {signs}. {met} of them met on one drop, its sender among them.")
    else:
        sentence = _("{people} accounts share {signs}. {met} of them took part in one drop.")
    return sentence.format(**figures)


def _first(evidence: dict[str, Any]) -> str:
    hours, price = evidence["age_seconds"] // 3600, format_cents(evidence["cents"])
    return _("The first drop of an account that was {hours} hours old, for {price}.").format(hours=hours, price=price)


def _judge(evidence: dict[str, Any]) -> str:
    sentence = _("{figure}: {lately} of {lately_count} in the last 14 days, {before} of {before_count} before.")
    shares = {"before": _share(evidence["before"]), "lately": _share(evidence["lately"])}
    counts = {"before_count": evidence["before_count"], "lately_count": evidence["lately_count"]}
    figure = FIGURES.get(evidence["figure"], evidence["figure"])
    return sentence.format(figure=figure, **shares, **counts)


_SENTENCES: dict[RiskKind, Callable[[dict[str, Any]], str]] = {
    RiskKind.COPY: _copy,
    RiskKind.PROMPT: _prompt,
    RiskKind.RING: _ring,
    RiskKind.WEB: _web,
    RiskKind.FIRST: _first,
    RiskKind.JUDGE: _judge,
}


def pointers(mark: RiskMark) -> list[tuple[str, str]]:
    """Return words and addresses of what a mark names beside what it is about: the original, the other accounts."""
    evidence, links = mark.evidence, []
    if original := evidence.get("original"):
        links.append((_("the earlier entry"), reverse("admin:drops_submission_change", args=[original])))
    if drop := evidence.get("drop"):
        links.append((_("the drop"), reverse("admin:drops_drop_change", args=[drop])))
    others = [str(person) for person in mark.people if person != mark.person_id]
    if mark.kind in (RiskKind.RING, RiskKind.WEB):
        links += [
            (_("account {id}").format(id=person[:8]), reverse("admin:accounts_user_change", args=[person]))
            for person in others
        ]
    return links
