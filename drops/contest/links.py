"""Whether two accounts are linked: by something both use, or by a chain of accounts that each share something.

Rooms that know more register a source: a function from an account to the signs of one kind that it has. What is
compared are digests, kept when an account takes a seat, sends a drop that is won, or wins one; a device at each login.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef
from django.utils.crypto import salted_hmac

from accounts.models import User
from core.db.prepared import fetch
from drops.models import Claim, LinkEvidence
from drops.models.link_evidence import LinkKind
from wallet.books import links as wallet_links
from wallet.money_in.cards import signs_of_cards
from wallet.money_out.connect import signs_of_payouts

# Providers that take `a.b@` for `ab@`; both names of one of them are one.
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
# A chain of more accounts than this is a coincidence, and a web of more is read no further.
STEPS_MAX = 3
ACCOUNTS_MAX = 200
# Private windows are a device each: more than a person has, and a bound for whoever opens thousands.
DEVICES_MAX = 20
# In the order of their numbers, so that two who take several never deadlock. Whoever shares a sign adds theirs: of a
# chain of three steps both ends then take the one in the middle.
_TAKE = """
    WITH own (digest) AS (
        SELECT unnest(%(digests)s::text[]) UNION SELECT digest FROM drops_linkevidence WHERE user_id = %(user)s
    )
    SELECT pg_advisory_xact_lock(turn) FROM (
        SELECT DISTINCT hashtextextended(digest, 0) AS turn FROM (
            SELECT digest FROM own UNION
            SELECT theirs.digest FROM own
            JOIN drops_linkevidence shared USING (digest) JOIN drops_linkevidence theirs USING (user_id)
        ) signs ORDER BY turn
    ) turns
"""

Signs = Mapping[UUID, Collection[str]]
Source = Callable[[User], Collection[str]]


def mailbox_of(email: str) -> str:
    """Return the mailbox that an address leads to: without what follows a plus, and without dots that mean nothing."""
    local, _, domain = email.strip().lower().rpartition("@")
    local, domain = local.partition("+")[0], DOTLESS.get(domain, domain)
    return f"{local.replace('.', '') if domain in DOTLESS.values() else local}@{domain}"


_sources: dict[LinkKind, Source] = {}


def register(kind: LinkKind, source: Source) -> None:
    """Let `source(user)` name the signs of `kind` that an account has; raw, they are digested here."""
    _sources[kind] = source


register(LinkKind.MAILBOX, lambda user: [mailbox_of(user.email)])
register(LinkKind.CARD, signs_of_cards)
register(LinkKind.PAYOUT, signs_of_payouts)


def are_linked(one: UUID, other: UUID, signs: Signs) -> bool:
    """Whether a chain of shared signs leads from one account to the other. Pure: it knows what it is given."""
    return other in reached_from(one, signs)


def reached_from(one: UUID, signs: Signs) -> set[UUID]:
    """Return the accounts to which a chain of shared signs leads, the first included. Pure, as `are_linked`."""
    reached, edge = {one}, {one}
    for _ in range(STEPS_MAX):
        shared = {sign for account in edge for sign in signs.get(account, ())}
        edge = {account for account, own in signs.items() if shared.intersection(own)} - reached
        reached |= edge
    return reached


def take_signs(user: User) -> None:
    """Wait until no account that seems to be the user's does what this is asked before; taken before a drop is held.

    What they then do is known here, on whichever drop: it ends with their transaction.
    """
    fetch(_TAKE, {"digests": [digest for _kind, digest in _signs_of(user)], "user": user.pk})


def note_evidence(user: User, now: datetime, *others: User) -> None:
    """Keep the digests of all signs that `user` and the others have now.

    Asked once a drop is held, not before: its verdict notes the same, so each would wait for the other.
    """
    rows = [
        LinkEvidence(user=one, kind=kind, digest=digest, created_at=now)
        for one in (user, *others)
        for kind, digest in _signs_of(one)
    ]
    # In one order, whoever is named first.
    rows.sort(key=lambda row: (row.user_id, row.kind, row.digest))
    LinkEvidence.objects.bulk_create(rows, ignore_conflicts=True)


def note_device(user: User, device: str, now: datetime) -> bool:
    """Keep the digest of a device on which `user` signs in, and return whether another account has been on it.

    Of those that nobody else has used, only the newest are kept.
    """
    digest = _digest(LinkKind.DEVICE, device)
    row = LinkEvidence(user=user, kind=LinkKind.DEVICE, digest=digest, created_at=now)
    LinkEvidence.objects.bulk_create([row], ignore_conflicts=True)
    own = LinkEvidence.objects.filter(user=user, kind=LinkKind.DEVICE)
    newest = own.alone().order_by("-created_at", "-pk").values_list("pk", flat=True)
    LinkEvidence.objects.filter(pk__in=list(newest[DEVICES_MAX:])).delete()
    return own.shared().filter(digest=digest).exists()


def _signs_of(user: User) -> list[tuple[LinkKind, str]]:
    return [(kind, _digest(kind, sign)) for kind, source in _sources.items() for sign in source(user)]


def find_link(sender: User, winner: User, now: datetime) -> bool:
    """Note what both have now, and return whether they are linked."""
    note_evidence(sender, now, winner)
    return are_linked(sender.pk, winner.pk, signs_around({sender.pk}))


def linked_to(user: User, now: datetime | None = None) -> set[UUID]:
    """Return the accounts that seem to be the same person's, by what is noted of them.

    At a time `now`, what `user` has is noted first.
    """
    if now is not None:
        note_evidence(user, now)
    return reached_from(user.pk, signs_around({user.pk}))


wallet_links.register(linked_to)


def seats_of_linked(now: datetime) -> Counter[UUID]:
    """Return how many seats are held now by accounts that seem to be the same person's, without the account's own.

    By account, and by what is noted already; of nobody where no holder of a seat shares a sign.
    """
    signs = LinkEvidence.objects.filter(user=OuterRef("user"))
    holders = Claim.objects.in_play(now).filter(Exists(signs.shared())).order_by().values_list("user")
    held = dict(holders.annotate(number=Count("pk")))
    around, seats = signs_around(held), Counter[UUID]()
    for holder, number in held.items():
        seats.update(dict.fromkeys(reached_from(holder, around) - {holder}, number))
    return seats


def web_of(user: User) -> dict[UUID, list[tuple[str, UUID]]]:
    """Return the accounts that seem to be the user's, each with the signs by which: (kind, the account it ties it to).

    That is an account nearer to the user, or the user's own.
    """
    reached = reached_from(user.pk, signs_around({user.pk}))
    rows = LinkEvidence.objects.filter(user__in=reached).order_by("pk").values_list("user", "kind", "digest")
    signs: dict[UUID, dict[str, str]] = {}
    for account, kind, digest in rows:
        signs.setdefault(account, {})[digest] = kind
    ties: dict[UUID, list[tuple[str, UUID]]] = {}
    edge, left = {user.pk}, reached - {user.pk}
    while edge:
        nearer, edge = edge, set()
        for account in left:
            own = signs.get(account, {})
            if tied := [(own[d], near) for near in nearer for d in own.keys() & signs.get(near, {}).keys()]:
                ties[account] = sorted(tied, key=str)
                edge.add(account)
        left = left - edge
    return ties


def _digest(kind: LinkKind, sign: str) -> str:
    return salted_hmac(f"link-{kind}", sign, algorithm="sha256").hexdigest()


def signs_around(accounts: Collection[UUID]) -> dict[UUID, set[str]]:
    """Return the signs of all accounts that a chain can reach from one of these, with two queries for each step."""
    signs: dict[UUID, set[str]] = {}
    edge = {*accounts}
    for _ in range(STEPS_MAX + 1):
        for account, digest in LinkEvidence.objects.filter(user__in=edge).values_list("user", "digest"):
            signs.setdefault(account, set()).add(digest)
        digests = {digest for account in edge for digest in signs.get(account, ())}
        sharing = LinkEvidence.objects.filter(digest__in=digests).values_list("user", flat=True).distinct()
        edge = set(sharing[: ACCOUNTS_MAX * len(accounts)]) - signs.keys()
        if not edge:
            break
    return signs
