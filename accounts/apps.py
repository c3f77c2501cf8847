from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts.entrance import oauth, signals  # noqa: F401  (they register themselves)
        from accounts.entrance.client_secrets import keep_as_digests
        from accounts.oauth.mending import mend
        from accounts.oauth.strict import be_strict

        mend()
        be_strict()
        keep_as_digests()
