from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = "Money"

    def ready(self) -> None:
        from wallet import signup  # noqa: F401  (connects itself to sign-up)
