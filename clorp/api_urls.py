"""Every address below /api/: each room's own, then the reference, then a 404 that speaks JSON."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from accounts.api.base import NoSuchAddress

urlpatterns = [
    path("", include("accounts.api.urls")),
    path("", include("wallet.api.urls")),
    path("", include("drops.api.urls")),
    path("schema", SpectacularJSONAPIView.as_view()),
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    re_path(r"", NoSuchAddress.as_view()),
]
