"""The API's own description, made once a process: it is the same for everybody, and takes a while to make."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request
from rest_framework.response import Response


@cache
def description() -> bytes:
    """Return the OpenAPI document, which is English whatever else is asked for."""
    with override("en"):
        document = SchemaGenerator().get_schema(request=None, public=True)
        return bytes(OpenApiJsonRenderer().render(document, renderer_context={}))


class _AsMade:
    """A renderer of what is written already."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return data


class _AsOpenApi(_AsMade, OpenApiJsonRenderer):
    pass


class _AsJson(_AsMade, OpenApiJsonRenderer2):
    pass


class SchemaView(SpectacularJSONAPIView):
    renderer_classes = [_AsOpenApi, _AsJson]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The API as an OpenAPI document."""
        named = 'inline; filename="clorp.json"'
        return Response(description(), headers={"Content-Disposition": named})
