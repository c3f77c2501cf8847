from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DropsConfig(AppConfig):
    name = "drops"
    verbose_name = _("Game")

    def ready(self) -> None:
        from django.apps import apps
        from django.db.models.signals import post_migrate

        from core.metrics import add_figures
        from drops import (
            invariants,  # noqa: F401  (register themselves)
            notifications,  # noqa: F401  (register themselves)
        )
        from drops.contest import (
            evidence,  # noqa: F401  (registers itself)
            funding,
            linked_prizes,
            links,  # noqa: F401  (registers itself)
            stakes,  # noqa: F401  (registers itself)
        )
        from drops.metrics import figures
        from drops.moderation import staffing
        from wallet.signals import signs_known, topup_settled

        add_figures(figures)
        # After the last room, when all permissions are there: what a new model adds reaches those appointed before.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(staffing.renew_rights, sender=last, dispatch_uid="drops.moderation.staffing")
        topup_settled.connect(funding.hear_of_topup, dispatch_uid="drops.contest.funding")
        topup_settled.connect(linked_prizes.hear_of_topup, dispatch_uid="drops.contest.linked_prizes")
        signs_known.connect(linked_prizes.look_again, dispatch_uid="drops.contest.linked_prizes")
