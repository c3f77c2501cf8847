from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DropsConfig(AppConfig):
    name = "drops"
    verbose_name = _("Game")

    def ready(self) -> None:
        from django.apps import apps
        from django.db.models.signals import post_migrate

        from accounts.entrance.devices import signed_in_on
        from core.metrics import add_figures
        from drops import (
            invariants,  # noqa: F401  (register themselves)
            notifications,  # noqa: F401  (register themselves)
        )
        from drops.appeals import (
            approved,  # noqa: F401  (registers itself)
            asking,  # noqa: F401  (registers itself)
        )
        from drops.contest import (
            evidence,  # noqa: F401  (registers itself)
            funding,
            linked_prizes,
            links,  # noqa: F401  (registers itself)
            stakes,  # noqa: F401  (registers itself)
        )
        from drops.desk import (
            money,
            not_theirs,  # noqa: F401  (registers itself)
        )
        from drops.judging import approved as verdicts_approved  # noqa: F401  (registers itself)
        from drops.metrics import figures
        from drops.moderation import roles
        from wallet.signals import came_to_wait, signs_known, topup_settled, was_decided

        add_figures(figures)
        # After the last room, when all permissions are there: what a new model adds reaches those appointed before.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(roles.renew_rights, sender=last, dispatch_uid="drops.moderation.roles")
        topup_settled.connect(funding.hear_of_topup, dispatch_uid="drops.contest.funding")
        topup_settled.connect(linked_prizes.hear_of_topup, dispatch_uid="drops.contest.linked_prizes")
        signed_in_on.connect(linked_prizes.hear_of_device, dispatch_uid="drops.contest.linked_prizes")
        signs_known.connect(linked_prizes.look_again, dispatch_uid="drops.contest.linked_prizes")
        came_to_wait.connect(money.hear_of_wait, dispatch_uid="drops.desk.money")
        was_decided.connect(money.hear_of_decision, dispatch_uid="drops.desk.money")
