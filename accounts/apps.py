from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts.entrance import oauth, signals  # noqa: F401  (they register themselves)
        from accounts.oauth.mending import mend

        mend()
