"""Links that end mails without a login. A signature stands for the login, so nobody can make one for somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notifications.preferences import stop_mails
from accounts.notifications.topics import TOPICS, Topic
from core.errors import Refused

SALT = "clorp.unsubscribe"


class BadLink(Refused):
    code = "bad_link"
    status = 404
    message = _("This link is not one of ours, or it was cut off on its way.")
    next_step = _("Sign in and choose under Settings → Notifications which mails you want.")


@dataclass(frozen=True)
class UnsubscribeRequest:
    """The request in an unsubscribe link: no more mails about these topics for this user."""

    user: User
    topics: list[Topic]


def path_for(user_id: UUID, topics: Iterable[Topic]) -> str:
    """The path of the page that ends mails about these topics. It stays good for as long as the mail is kept."""
    payload = {"user": str(user_id), "topics": sorted({topic.slug for topic in topics})}
    return reverse("unsubscribe", args=[signing.dumps(payload, salt=SALT)])


def read_link(token: str) -> UnsubscribeRequest:
    """Raises BadLink for anything that was not made by `path_for`."""
    try:
        payload = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise BadLink from error
    user = User.objects.filter(pk=payload["user"]).first()
    if user is None:
        raise BadLink
    return UnsubscribeRequest(user, [TOPICS[slug] for slug in payload["topics"] if slug in TOPICS])


def unsubscribe(token: str) -> UnsubscribeRequest:
    """Do what the link asks for; doing it again changes nothing more."""
    link = read_link(token)
    stop_mails(user=link.user, topics=[topic.slug for topic in link.topics])
    return link
