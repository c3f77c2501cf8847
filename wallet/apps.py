from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = _("Money")

    def ready(self) -> None:
        from core.metrics import add_figures
        from wallet import (
            adjusting,  # noqa: F401  (they register themselves)
            notifications,  # noqa: F401  (they register themselves)
            signup,  # noqa: F401  (they register themselves)
        )
        from wallet.books import (
            invariant_queries,  # noqa: F401  (they register themselves)
            provenance_queries,  # noqa: F401  (they register themselves)
        )
        from wallet.metrics import figures

        add_figures(figures)
