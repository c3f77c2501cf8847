"""The front door: every room's pages and API, by path."""

from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path
from django.views.decorators.http import require_safe

from accounts.api.oauth import ServerMetadata
from accounts.pages import account, sessions
from clorp.mcp.door import Door, ResourceMetadata
from clorp.site import design, guide, health, now, programs, site_texts
from clorp.site.security_txt import security_txt
from clorp.site.sitemap import SITEMAPS, robots

handler500 = "core.api.problems.handle_500"

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("robots.txt", robots),
    path("llms.txt", programs.show_index),
    path("llms-full.txt", programs.show_everything),
    path("skill.md", programs.show_skill),
    path(".well-known/agent-skills/index.json", programs.list_skills),
    path(".well-known/agent-skills/clorp/SKILL.md", programs.show_skill),
    path(".well-known/agent-card.json", programs.show_agent_card),
    path(".well-known/security.txt", security_txt),
    path("sitemap.xml", require_safe(sitemaps.index), {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}),
    path("sitemap-<section>.xml", require_safe(sitemaps.sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("now", now.tell_time),
    path("design/", design.show_design, name="design"),
    path("help/errors", guide.show_errors, name="errors"),
    path("help/<slug:name>.md", programs.show_document, name="help-markdown"),
    path("help/<slug:name>", guide.show_guide, name="help"),
    *[path(name, site_texts.show_site_text, {"name": name}, name=name) for name in site_texts.TITLES],
    # Before allauth's own, which would let an open session set the first password, and fail over another's address;
    # and which have pages for what is a section of the settings.
    path("accounts/password/set/", account.set_password),
    path("accounts/email/", account.addresses, name="account_email"),
    path("accounts/sessions/", sessions.sessions, name="usersessions_list"),
    path("accounts/2fa/", account.ways_in),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("clorp.api_urls")),
    path(".well-known/oauth-authorization-server", ServerMetadata.as_view()),
    path("mcp", Door.as_view(), name="mcp"),
    path(".well-known/oauth-protected-resource", ResourceMetadata.as_view()),
    path(".well-known/oauth-protected-resource/mcp", ResourceMetadata.as_view()),
    path("", include("accounts.urls")),
    path("", include("wallet.urls")),
    path("", include("drops.urls")),
]
