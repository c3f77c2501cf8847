from django.apps import AppConfig


class DropsConfig(AppConfig):
    name = "drops"
    verbose_name = "Game"

    def ready(self) -> None:
        from core.metrics import add_figures
        from drops import (
            invariants,  # noqa: F401  (register themselves)
            notifications,  # noqa: F401  (register themselves)
        )
        from drops.contest import funding  # noqa: F401  (register themselves)
        from drops.metrics import figures
        from wallet.signals import topup_settled

        add_figures(figures)
        topup_settled.connect(funding.hear_of_topup, dispatch_uid="drops.contest.funding")
