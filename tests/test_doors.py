"""No door takes a text in as it comes: also none that is built tomorrow."""

from __future__ import annotations

import ast

import pytest
from django import forms
from rest_framework import serializers

from core.api.fields import Text, Verbatim
from core.forms import TextField
from tests import doors, house


class _Shown(forms.Form):
    good = TextField()
    bad = forms.CharField()
    code = forms.CharField()


class _Asked(serializers.Serializer):
    good = Text()
    exact = serializers.DictField(child=Verbatim())
    bad = serializers.ListField(child=serializers.CharField())
    loose = serializers.JSONField()


@pytest.fixture(scope="module")
def ours() -> house.House:
    """Every module of ours, which takes seconds to read."""
    return house.read_house()


def test_each_form_takes_text_in_by_our_field():
    found = dict(doors.forms_of_ours())
    assert [fault for name, form in found.items() for fault in doors.texts_past_the_form(name, form)] == []
    assert {"drops.pages.drop_form.DropForm", "accounts.pages.forms.KeyForm", "DropAdmin.remove"} <= set(found)


def test_no_browser_cuts_what_is_pasted_into_a_form():
    """It counts an emoji as two letters and a decomposed one as its parts, and says nothing of what it leaves out."""
    fields = [
        (name, field_name, field)
        for name, form in doors.forms_of_ours()
        for field_name, field in (getattr(form, "fields", None) or form.base_fields).items()
        if isinstance(field, TextField)
    ]
    assert [where for *where, field in fields if "maxlength" in field.widget.attrs] == []
    assert ("drops.pages.drop_form.DropForm", "prompt") in {(name, field_name) for name, field_name, _ in fields}


def test_each_body_of_the_api_takes_text_in_by_our_field(ours):
    found = {body.__name__: body() for body in doors.bodies_of_the_api(ours)}
    assert [fault for name, body in found.items() for fault in doors.texts_past_the_body(name, body)] == []
    assert {"RunIn", "SubmitIn", "ReportIn", "KeyIn", "AgentIn", "ProfileIn"} <= set(found)


def test_settings_alone_are_kept_to_the_character(ours):
    bodies = doors.bodies_of_the_api(ours)
    exact = [
        f"{body.__name__}.{name}"
        for body in set(bodies)
        for name, field in body().fields.items()
        if isinstance(getattr(field, "child", field), Verbatim)
    ]
    assert sorted(exact) == ["RunIn.envVars", "TermsIn.envVars"]


def test_no_text_is_read_past_them(ours):
    faults = doors.texts_read_raw(ours)
    assert not faults, "\n".join(faults)


def test_a_field_that_forgets_is_named():
    assert doors.texts_past_the_form("Shown", _Shown) == ["Shown.bad is no TextField"]
    assert doors.texts_past_the_body("Asked", _Asked()) == ["Asked.bad[] is no Text", "Asked.loose is no Text"]


@pytest.mark.parametrize(
    "line",
    ["request.POST['note']", "request.GET.get('q', '')", "self.request.query_params.get('reason')", "r.POST.items()"],
)
def test_a_text_that_is_read_raw_is_named(line: str):
    assert doors.texts_read_raw({"drops.pages.new": ast.parse(line)}) != []
    assert doors.texts_read_raw({"drops.pages.new": ast.parse(f"kept({line})")}) == []
    assert doors.texts_read_raw({"drops.pages.new": ast.parse("request.POST.get('token')")}) == []
