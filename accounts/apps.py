from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        # Makes the Celery app the current one in every process, so that shared tasks find their broker.
        import clorp.celery  # noqa: F401
