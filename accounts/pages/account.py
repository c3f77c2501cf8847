"""Account pages: the settings, their profile and keys; in development also the mails that were sent."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import cast
from uuid import UUID

from allauth.account.views import email, password_set
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.fresh_login import is_fresh, require_fresh_login
from accounts.keys import COST_MONEY, create_key, revoke_all_keys, revoke_key
from accounts.pages.forms import KeyForm, ProfileForm
from accounts.pages.settings import done, show_settings, to_section
from accounts.profiles import AddressTaken, HandleTaken, update_profile
from accounts.viewer import member_of
from core import clock
from core.errors import Invalid
from core.forms import kept_fields
from core.languages import language_of_member

MAILS_MAX = 30


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The settings; POST saves the profile."""
    if request.method != "POST":
        return show_settings(request)
    user, form = member_of(request), ProfileForm(request.POST)
    if form.is_valid():
        try:
            update_profile(user=user, changes=form.cleaned_data)
        except HandleTaken as refusal:
            form.add_error("handle", str(refusal))
            user.refresh_from_db(fields=["name", "handle"])
        except Invalid as refusal:
            for field, fault in refusal.errors.items():
                form.add_error(field, fault)
        else:
            # Said in what they have just chosen, as is the page that shows it.
            with override(language_of_member(request, user.language)):
                return done(request, "profile", _("Profile saved."))
    return show_settings(request, status=422, profile_form=form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return to_section("keys", kept_fields(request.GET, ["after"]))
    form = KeyForm(request.POST, auto_id="key_%s")
    if not form.is_valid():
        return show_settings(request, status=422, key_form=form)
    if COST_MONEY & set(form.cleaned_data["scopes"]):
        require_fresh_login(request)
    # Shown in this answer and never again, so there is no redirect that would have to carry it.
    _key, secret = create_key(user=member_of(request), now=clock.now(), **form.cleaned_data)
    return show_settings(request, secret=secret)


@login_required
@require_POST
def revoke_all(request: HttpRequest) -> HttpResponse:
    number = revoke_all_keys(user=member_of(request))
    words = ngettext(
        "Revoked {number} key. Its program is shut out.",
        "Revoked {number} keys. Their programs are shut out.",
        number,
    )
    return done(request, "keys", words.format(number=number))


@login_required
@require_POST
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    revoke_key(user=member_of(request), public_id=public_id)
    return done(request, "keys", _("Revoked. Programs that use it are shut out from now on."))


@login_required
@require_safe
def ways_in(request: HttpRequest) -> HttpResponse:
    """Lead to how one signs in, which is a section of the settings, and have it say what waits to be said."""
    for message in messages.get_messages(request):
        messages.add_message(request, message.level or messages.INFO, message.message, extra_tags="sign-in")
    return to_section("sign-in")


@login_required
def addresses(request: HttpRequest) -> HttpResponse:
    """allauth's page of somebody's addresses. Without mail one may be another account's too, but not lead."""
    if "action_primary" not in request.POST:
        return cast(HttpResponse, email(request))
    try:
        with transaction.atomic():
            return cast(HttpResponse, email(request))
    except IntegrityError as taken:
        raise AddressTaken from taken


@login_required
def set_password(request: HttpRequest) -> HttpResponse:
    """allauth's page for a first password. One that was sent too late is asked for again: it is kept nowhere."""
    if request.method == "POST" and not is_fresh(request):
        return redirect(request.path)
    require_fresh_login(request)
    return cast(HttpResponse, password_set(request))


@dataclass(frozen=True)
class OutboxMail:
    subject: str
    to: str
    text: str


@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Development only: the newest mails of the file backend, login codes among them."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if not settings.DEBUG or folder is None:
        raise Http404
    files = sorted(Path(folder).glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    mails = [mail for path in files[:MAILS_MAX] for mail in reversed(_mails_in(path))]
    return render(request, "accounts/outbox.html", {"mails": mails[:MAILS_MAX]})


def _mails_in(path: Path) -> list[OutboxMail]:
    """The file backend writes all mails of one connection into one file, each followed by a line of dashes."""
    parts = path.read_bytes().split(b"-" * 79)
    return [_read_mail(part.lstrip(b"\n")) for part in parts if part.strip()]


def _read_mail(raw: bytes) -> OutboxMail:
    mail = message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",))
    return OutboxMail(str(mail["Subject"]), str(mail["To"]), str(body.get_content()) if body else "")
