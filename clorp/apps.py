"""Django's admin, on our own site and without the libraries' pages that would show secrets; and Celery's app."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class ClorpAdminConfig(AdminConfig):
    default_site = "clorp.site.admin.ClorpSite"

    def ready(self) -> None:
        super().ready()
        # Makes the Celery app the current one in every process, so that shared tasks find their broker.
        import clorp.celery
        import clorp.site.checks  # noqa: F401
        from clorp.site import health
        from clorp.site.admin import replace_library_pages
        from clorp.site.static_files import heed_conditions
        from core import pulses
        from core.metrics import add_figures
        from core.uploads import keep_joiners

        add_figures(pulses.figures)
        add_figures(health.figures)
        replace_library_pages()
        keep_joiners()
        heed_conditions()
