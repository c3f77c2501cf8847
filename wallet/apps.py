from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = "Money"

    def ready(self) -> None:
        from wallet import book_rules, letters, signup  # noqa: F401  (they register themselves)
