"""The base classes of every API view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers, set_response_etag
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.api.auth import HasScope, Needed, Public
from accounts.models import Scope, User
from core.api.paging import Page
from core.api.preconditions import PreconditionFailed, is_conditional, require_match, require_unsafe_allowed
from core.api.public_cache import shared_with_strangers, unless_known
from core.errors import Refused
from core.http import is_anonymous, refused_at_the_door
from core.json import dump

READING = {"GET", "HEAD"}


class ApiView(APIView):
    """Loads, checks the shape of what came in, makes one call. Refusals travel up to the problem document.

    `scopes` names the scope a key needs, by method; reading needs `read`. `scopes_besides` names what it needs as well.
    `refusals` names, by method, statuses of refusals that not every view of the kind can answer with.
    `is_sandbox_open` is true of what agents that nobody adopted may do. `problem_members` is added to the problem
    document of whatever goes wrong from then on. `faults_besides` are those found outside the body, by name, which are
    told with the body's. `wire_names` says what a verb's field is called on the wire.
    """

    http_method_names = ["get", "head", "post", "patch", "delete"]
    permission_classes: Any = (HasScope,)
    scopes: ClassVar[dict[str, Needed]] = {}
    scopes_besides: ClassVar[dict[str, tuple[Scope, ...]]] = {}
    refusals: ClassVar[dict[str, tuple[int, ...]]] = {}
    is_sandbox_open: ClassVar[bool] = False
    problem_members: dict[str, Any] = {}
    faults_besides: dict[str, str] = {}
    wire_names: ClassVar[dict[str, str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count the request before anything may refuse it. Whoever is not let in counts as a stranger."""
        try:
            self.perform_authentication(request)
        finally:
            super().check_throttles(request)
        super().initial(request, *args, **kwargs)
        if (refusal := refused_at_the_door(request._request)) is not None:
            raise refusal
        is_taken = hasattr(self, str(request.method).lower())
        if is_taken and request.method not in READING and is_conditional(request.headers):
            require_unsafe_allowed(request.headers, self.current_etag(request, *args, **kwargs))

    def check_throttles(self, request: Request) -> None:
        """Count nothing where the framework would, behind its refusals: `initial` has."""

    def current_etag(self, request: Request, *args: Any, **kwargs: Any) -> str | None:
        """Return the ETag that a GET of this address would get now; None where it would get nothing."""
        get = getattr(self, "get", None)
        try:
            response = None if get is None else get(request, *args, **kwargs)
        except (Http404, Refused):
            return None
        if not isinstance(response, Response) or response.status_code != 200:
            return None
        shown = HttpResponse(dump(response.data))
        set_response_etag(shown)
        return str(shown["ETag"])

    @property
    def caller(self) -> User:
        """Who asks; HasScope has seen to it that somebody does."""
        return cast(User, self.request.user)

    def shape(
        self, serializer: type[Serializer[Any]], *, context: Mapping[str, Any] | None = None, **options: Any
    ) -> dict[str, Any]:
        """The request's body, by `serializer`; whatever it does not know is left out. It may ask for the `context`."""
        known = {"caller": self.request.user, "faults_besides": self.faults_besides, **(context or {})}
        # Of null the framework would say that nothing was sent; it is no object, as a list is none.
        body = [] if self.request.data is None else self.request.data
        read = serializer(data=body, context=known, **options)
        read.is_valid(raise_exception=True)
        return read.validated_data

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        if isinstance(response, Response):
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if request.method in READING and response.status_code == 200:
                response.add_post_render_callback(lambda done: self.conditional(request, done))
        return response

    def conditional(self, request: Request, response: Any) -> Any:
        """The response with its ETag; without its body where the caller has it already, refused where they have not."""
        set_response_etag(response)
        try:
            require_match(request.headers, response["ETag"])
        except PreconditionFailed as refusal:
            return self.finalize_response(request, self.handle_exception(refusal)).render()
        return unless_known(request._request, response)


class OpenView(ApiView):
    """A view that strangers may read too, as far as the page shows it to them."""

    permission_classes = (Public,)

    @property
    def reader(self) -> User | None:
        """Who asks; None for a stranger."""
        return self.request.user if isinstance(self.request.user, User) else None


class PublicView(OpenView):
    """A list that anybody may read. Strangers share one answer for a second; whoever is logged in gets their own.

    `query_read` names all that it reads of its address; None: as it came.
    """

    query_read: ClassVar[tuple[str, ...] | None] = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return shared_with_strangers(super().as_view(**initkwargs), heeds_keys=True, query=cls.query_read)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        is_whole = response.status_code == 200 and not response.streaming
        if request.method in READING and is_anonymous(request) and is_whole:
            response["Cache-Control"] = "public, max-age=1"
        return response


class UnnamedView(ApiView):
    """A view that asks nobody who they are, and stands in no reference: a document of a standard's, or a caller that
    proves itself otherwise."""

    authentication_classes = ()
    permission_classes = ()
    schema = None


def listed(page: Page, rows: list[dict[str, Any]]) -> Response:
    """A page of a list, with the way on and back."""
    return Response(rows, headers={"Link": page.link} if page.link else None)


class NoSuchAddress(ApiView):
    """The API's own 404, for addresses that it does not have."""

    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound
