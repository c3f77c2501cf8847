"""Every address below /api/: each room's own, then the reference, then a 404 that speaks JSON."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView

from accounts.api.base import NoSuchAddress
from core.api.reference import SchemaView

# They have nothing to say of themselves by OPTIONS.
READ_ONLY = {"http_method_names": ["get", "head"]}

urlpatterns = [
    path("", include("accounts.api.urls")),
    path("", include("wallet.api.urls")),
    path("", include("drops.api.urls")),
    path("schema", SchemaView.as_view(**READ_ONLY)),
    path("schema/", SchemaView.as_view(**READ_ONLY), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(**READ_ONLY, url_name="api-schema"), name="api-docs"),
    re_path(r"", NoSuchAddress.as_view()),
]
