"""The moderators' lists can't be asked what their pages don't show."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Group
from django.test import RequestFactory

from accounts.models import ApiKey, User
from drops.models import Attachment, Drop, Revision
from tests.admin_site import list_url, logged_in
from tests.play import enter, open_drop

pytestmark = pytest.mark.django_db
KINDS = ("", "__exact", "__startswith", "__regex", "__contains", "__isnull", "__gt", "__lt", "__in", "__isempty")
ASKED_BY_FILTERS = {"", "__exact", "__isnull", "__isempty"}
# Columns that a page shows in words of its own.
IN_WORDS = {"price_cents", "cost_cents", "target"}
ALL_PAGES = pytest.mark.parametrize("ours", admin.site._registry.values(), ids=lambda ours: ours.opts.label)


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture(scope="module")
def boss(shared_db):
    with shared_db():
        return User.objects.create_superuser("chief@example.com")


@pytest.fixture
def chief(boss):
    return logged_in(boss)


@pytest.fixture
def request_of_chief(boss):
    """A request of theirs, of which no page has to be made."""
    request = RequestFactory().get("/admin/")
    request.user = boss
    return request


def columns(model, *, hops=1):
    """Every field of a model, and with a hop those of whatever it is related to, either way."""
    for field in model._meta.get_fields(include_hidden=True):
        yield field.name
        if hops and field.is_relation and field.related_model:
            yield from (f"{field.name}__{name}" for name in columns(field.related_model, hops=0))


def filtered_fields(ours):
    return {one if isinstance(one, str) else one[0] for one in ours.list_filter if not isinstance(one, type)}


@ALL_PAGES
def test_a_list_answers_to_its_own_filters_and_to_nothing_else(ours, request_of_chief):
    asked = {f"{column}{kind}" for column in columns(ours.model) for kind in KINDS}
    allowed = {lookup for lookup in asked if ours.lookup_allowed(lookup, "x", request_of_chief)}
    assert allowed == {f"{field}{kind}" for field in filtered_fields(ours) for kind in ASKED_BY_FILTERS}


@ALL_PAGES
def test_a_list_takes_every_filter_it_offers(ours, chief):
    request = chief.get(list_url(ours.model)).wsgi_request
    filters, *_ = ours.get_changelist_instance(request).get_filters(request)
    assert len(filters) == len(ours.list_filter)
    offered = [word for one in filters for word in one.expected_parameters()]
    assert [word for word in offered if not ours.lookup_allowed(word, "x", request)] == []


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        (Revision, "body__regex"),
        (Revision, "submission__user__password__startswith"),
        (User, "password__startswith"),
        (User, "is_staff__regex"),
        (Drop, "env_vars__DOCK_KEY__startswith"),
        (Drop, "submissions__revisions__body__contains"),
        (Attachment, "name__startswith"),
        (ApiKey, "digest__startswith"),
        (Group, "user__password__startswith"),
    ],
)
def test_an_address_that_asks_for_more_is_refused(model, lookup, chief):
    assert chief.get(list_url(model), {lookup: "h"}).status_code == 400


@pytest.mark.turns(3)
@ALL_PAGES
@pytest.mark.parametrize("odd", ["x\x00", "9" * 30], ids=ascii)
def test_a_filter_that_is_asked_for_something_odd_is_no_fault_of_ours(ours, chief, odd):
    request = chief.get(list_url(ours.model)).wsgi_request
    filters, *_ = ours.get_changelist_instance(request).get_filters(request)
    for word in {word for one in filters for word in one.expected_parameters()}:
        refused = chief.get(list_url(ours.model), {word: odd})
        assert refused.status_code in ({400} if "\x00" in odd else {200, 302, 400})


def test_a_list_that_opens_in_a_window_of_its_own_tells_no_keys_digest(chief, agent):
    key, _ = ApiKey.objects.create(user=agent)
    shown = chief.get(list_url(ApiKey), {"_popup": "1"}).content.decode()
    assert key.token_key in shown and key.digest not in shown


def test_a_search_and_a_filter_still_narrow_a_list(chief, sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    for asked, count in (({"status__exact": "open"}, 1), ({"status__exact": "completed"}, 0), ({"q": "ferry"}, 1)):
        assert chief.get(list_url(Drop), asked).context["cl"].result_count == count


def shows(ours, request, path):
    """Return whether what `path` leads to is told of every row, here or on the page of the row it belongs to."""
    name, _, rest = path.lstrip("=^@-").partition("__")
    if rest:
        return shows(admin.site._registry[ours.opts.get_field(name).related_model], request, rest)
    told = {*ours.list_display, *flatten_fieldsets(ours.get_fieldsets(request)), ours.opts.pk.name, "pk", *IN_WORDS}
    return name in told


@pytest.mark.turns(2)
@ALL_PAGES
def test_a_list_is_searched_and_sorted_by_nothing_that_its_pages_hide(ours, chief):
    request = chief.get(list_url(ours.model)).wsgi_request
    changes = ours.get_changelist_instance(request)
    orders = [changes.get_ordering_field(name) for name in changes.list_display]
    paths = [*ours.search_fields, *(str(order) for order in orders if order)]
    assert [path for path in paths if not shows(ours, request, path)] == []
