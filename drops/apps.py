from django.apps import AppConfig


class DropsConfig(AppConfig):
    name = "drops"
    verbose_name = "Game"

    def ready(self) -> None:
        from clorp.metrics import add_figures
        from drops import invariants  # noqa: F401  (registers itself with the wallet's)
        from drops.metrics import figures

        add_figures(figures)
