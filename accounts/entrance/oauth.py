"""How allauth's OAuth server asks us: its adapter, and what happens to a program before it is stored."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from django.core.exceptions import ValidationError
from django.db.models.signals import pre_save
from django.dispatch import receiver

from accounts.oauth.clients import fault_in_redirects, settle_client
from core import clock
from core.db.tally import count_in_hour
from core.http import address_of, site_of

# Of what a stranger's program says of itself, all of which is stored.
TOLD_BYTES_MAX = 8_192
# How many programs may make themselves known from one address.
AN_HOUR_MAX = 60


class OAuthAdapter(DefaultOIDCAdapter):
    def get_issuer(self) -> str:
        return site_of(self.request)

    def validate_client_registration(self, *, client: Client, **kwargs: Any) -> None:
        """Refuse a program whose answers could be sent anywhere but to itself, or that tells more than we keep."""
        if count_in_hour(f"program:{address_of(self.request)}", clock.now())[0] > AN_HOUR_MAX:
            raise ValidationError(
                "Too many programs were registered from this address in the last hour. Try again later."
            )
        if len(self.request.body) > TOLD_BYTES_MAX:
            raise ValidationError(f"Client metadata may be at most {TOLD_BYTES_MAX:,} bytes.")
        if fault := fault_in_redirects(client.get_redirect_uris()):
            raise ValidationError(fault)

    def validate_resource_uris(self, *, uris: list[str], **kwargs: Any) -> None:
        """A token is for this site, or for one of its addresses."""
        site = site_of(self.request)
        if any(uri != site and not uri.startswith(f"{site}/") for uri in uris):
            raise ValidationError("This resource is not on this site.")


@receiver(pre_save, sender=Client, dispatch_uid="accounts.settle_client")
def settle(instance: Client, **_: Any) -> None:
    """However a program made itself known."""
    settle_client(instance)
