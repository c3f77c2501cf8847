"""People: users, their keys, and what staff did. Knows no money and no game."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, AuthTokenManager

from accounts.models.addresses import CANONICAL, AddressField
from accounts.models.finding import FINDING
from accounts.models.passwords import spellings
from accounts.models.programs import MadeByProgram
from core.addresses import address_or_none, canonical_address, readable_address, visible_address
from core.db.compiled import Compiled

# Lower case alone, so that no two differ in nothing else; also an address.
HANDLE = r"^[a-z0-9](-?[a-z0-9]){2,29}$"
HANDLE_RULE = _("A handle has 3 to 30 letters a to z, digits and single hyphens between them, in lower case.")
MODERATE = "accounts.moderate"
GIVE_ROLES = "accounts.give_roles"
ERASE = "accounts.erase_user"
APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class UserManager(BaseUserManager["User"]):
    def lock(self, user_id: uuid.UUID) -> User:
        """Hold this user until the transaction ends, and return them as they stand now."""
        # NO KEY: rows that merely refer to them may still be written by others meanwhile.
        return self.select_for_update(no_key=True).get(pk=user_id)

    def lock_all(self, user_ids: Collection[uuid.UUID]) -> None:
        """Hold these users until the transaction ends; in one order, so that two who hold several never deadlock."""
        list(self.select_for_update(no_key=True).filter(pk__in=user_ids).order_by("pk").values_list("pk"))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Store a user who logs in by `email`, in any spelling; no password means login by code only.

        Raises NotAnAddress.
        """
        user = self.model(email=canonical_address(email), email_as_written=visible_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get(self, *args: Any, **given: Any) -> User:
        """As Django's; by an id alone, as every request asks for whoever is signed in, by a query written once.

        A relation's manager is made of this class, and narrows what it finds: it goes the usual way.
        """
        if type(self) is UserManager and not args and [*map(type, given.values())] == [uuid.UUID] and "pk" in given:
            rows: list[User] = BY_ID.objects(user_id=given["pk"])
            if rows:
                return rows[0]
        return super().get(*args, **given)

    def at_address(self, address: str) -> User | None:
        """Return whose main address this is, in any spelling, else whose confirmed one; None where it is nobody's."""
        confirmed = self.filter(emailaddress__email=address_or_none(address), emailaddress__verified=True)
        return self.filter(email=address).first() or confirmed.first()

    def named(self, word: str) -> User | None:
        """Return whose address or id this is, as operators write either; None where it is nobody's."""
        try:
            return self.filter(pk=uuid.UUID(word)).first()
        except ValueError:
            return self.at_address(word)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=username)


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """Whoever sends, competes or moderates; one account may do all three."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = AddressField(help_text=_("In canonical form, by which it is compared, looked up and written to."))
    email_as_written = models.CharField(max_length=320, blank=True, default="", db_default="", editable=False)
    name = models.CharField(max_length=80, null=True, blank=True)
    handle = models.CharField(
        max_length=30,
        null=True,
        blank=True,
        error_messages={"unique": _("Somebody else has this handle.")},
        help_text=_("Chosen to be seen: the profile and the leaderboard show it."),
    )
    avatar_url = models.URLField(max_length=500, null=True, blank=True)
    credits = models.PositiveIntegerField(default=0, editable=False, help_text=_("Legacy; read only."))
    # Empty where they have chosen none: then pages go by the browser, and mails by the site.
    language = models.CharField(max_length=16, blank=True, default="", db_default="")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_provisional = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Opened by a program for itself: the sandbox alone, until adopted."),
    )
    is_verified_sender = models.BooleanField(default=False, help_text=_("May post drops up to the higher price limit."))
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_reason = models.TextField(blank=True, editable=False)
    # What moderators limit, each until when; and what they told of the newest of them.
    posting_limited_until = models.DateTimeField(null=True, blank=True, editable=False)
    claiming_limited_until = models.DateTimeField(null=True, blank=True, editable=False)
    price_limited_until = models.DateTimeField(null=True, blank=True, editable=False)
    price_limit_cents = models.PositiveIntegerField(null=True, blank=True, editable=False)
    limited_reason = models.TextField(blank=True, default="", db_default="", editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When they closed the hints of a first drop, and of a first seat; from then on they see them nowhere.
    sender_tour_closed_at = models.DateTimeField(null=True, editable=False)
    agent_tour_closed_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Set by a door for one request, never stored: the rights of staff are not theirs to use in it.
    rights_withheld = False

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="user_email_unique"),
            models.CheckConstraint(condition=Q(email__regex=CANONICAL), name="user_email_is_canonical"),
            models.UniqueConstraint(fields=["handle"], name="user_handle_unique"),
            models.CheckConstraint(
                condition=Q(handle__isnull=True) | Q(handle__regex=HANDLE),
                name="user_handle_shape",
                violation_error_message=HANDLE_RULE,
            ),
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True) | ~Q(suspended_reason=""), name="user_suspension_has_reason"
            ),
        ]
        indexes = [*FINDING, models.Index(fields=["-created_at", "-id"], name="user_newest")]
        permissions = [
            ("moderate", _("Can moderate")),
            ("give_roles", _("Can give and take roles")),
            ("erase_user", _("Can erase an account")),
        ]

    def __str__(self) -> str:
        return self.email

    def set_password(self, raw_password: str | None) -> None:
        """Keep a password in NFC, so that it opens the account from any keyboard."""
        super().set_password(None if raw_password is None else spellings(raw_password)[0])

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password, in NFC or, where it was set before that, as it was typed then."""
        forms = spellings(raw_password) if raw_password is not None else [None]
        return any(super(User, self).check_password(form) for form in forms)

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None

    @property
    def moderates(self) -> bool:
        """Whether the rights of a moderator are theirs now: ask this, not `is_staff`, before anything is shown."""
        return self.is_staff and not self.rights_withheld and not self.is_suspended and self.has_perm(MODERATE)

    @property
    def shown_email(self) -> str:
        """The address as its owner writes it, as long as that is this one; never as the xn-- of a browser."""
        is_this = address_or_none(self.email_as_written) == self.email
        return readable_address(self.email_as_written if is_this else self.email)

    @property
    def display_name(self) -> str:
        return self.name or self.shown_email.rpartition("@")[0]

    def get_full_name(self) -> str:
        return self.display_name


BY_ID = Compiled(lambda user_id: User.objects.filter(pk=user_id), user_id=uuid.UUID)


class Scope(models.TextChoices):
    READ = "read", _("read")
    COMPETE = "compete", _("claim and submit")
    SEND = "send", _("post and pay for drops")
    WALLET = "wallet", _("move money")


def all_scopes() -> list[str]:
    return [scope.value for scope in Scope]


class ApiKey(AbstractAuthToken, MadeByProgram):
    """A program's key: stored hashed, shown once, scoped, revocable by deleting it."""

    objects: ClassVar[AuthTokenManager] = AuthTokenManager()

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80, default="key")
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope.choices), default=all_scopes)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("API key")

    def __str__(self) -> str:
        return f"{self.name} ({self.token_key}…)"


class Agent(models.Model):
    """Legacy: an optional named profile that a claim or a submission may mention."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="agents")
    name = models.CharField(max_length=80)
    personality = models.TextField(null=True, blank=True, max_length=4000)
    is_default = models.BooleanField(default=False)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, size=20)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("agent (legacy)")
        verbose_name_plural = _("agents (legacy)")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="agent_name_unique_per_owner"),
            models.UniqueConstraint(fields=["owner"], condition=Q(is_default=True), name="agent_one_default_per_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class AuditEvent(models.Model):
    """Who of the staff did or read what, when and why. Append-only by trigger."""

    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    action = models.SlugField(max_length=40)
    target = models.CharField(max_length=80, help_text=_("kind:id of what was acted on"))
    reason = models.TextField(max_length=2000)
    changes = models.JSONField(
        default=dict, blank=True, help_text=_("by field, what stood there before and stands now")
    )
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["target", "id"], name="audit_by_target")]
        triggers = [pgtrigger.Protect(name="audit_is_append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"


class IdempotencyKey(models.Model):
    """The first answer to a POST that carried an Idempotency-Key, kept for 24 hours."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64, help_text=_("of method, path and body"))
    status = models.PositiveSmallIntegerField(null=True, help_text=_("empty while the first request is in flight"))
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_unique_per_user")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]

    def __str__(self) -> str:
        return self.key


def record_audit(
    *,
    actor: User,
    action: str,
    target: str,
    reason: str,
    now: datetime,
    changes: dict[str, list[Any]] | None = None,
) -> AuditEvent:
    """Write down what a member of staff did or read, and why; `changes` gives (before, after) by field."""
    return AuditEvent.objects.create(
        actor=actor, action=action, target=target, reason=reason, changes=changes or {}, created_at=now
    )
