"""One list of codes, made from the source: in the reference, in a document, on the page that a problem leads to."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest
from django.core.management import call_command
from django.utils.translation import override

from clorp.dev.environment import ROOT
from core.api.error_codes import all_error_codes
from tests.api import Api, is_problem
from tests.house import ROOMS
from tests.reference import DOCUMENT

SCHEMAS = DOCUMENT["components"]["schemas"]
# As a refusal's own, or given to one of the framework's.
WRITTEN = re.compile(r'^ +code = "([a-z_]+)"|(?:Failed|Exception)\(.*code="([a-z_]+)"', re.MULTILINE)
# Every refusal has a code of its own instead.
ONLY_INHERITED = {"refused"}


def codes_in_the_source():
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "migrations" not in file.parts]
    return {"".join(pair) for file in files for pair in WRITTEN.findall(file.read_text())} - ONLY_INHERITED


def test_every_code_in_the_source_is_in_the_list():
    assert codes_in_the_source() - {code.code for code in all_error_codes()} == set()
    assert len(all_error_codes()) > 90


def locked(name):
    return {line.partition("==")[0] for line in (ROOT / name).read_text().splitlines() if "==" in line}


def test_the_list_needs_no_package_that_is_optional():
    optional = (locked("requirements-s3.txt") | locked("requirements-panel.txt")) - locked("requirements.txt")
    away = [module for module, packages in packages_distributions().items() if optional & {*packages}]
    assert {"boto3", "openai"} <= {*away}
    blocked = f"import sys; sys.modules |= dict.fromkeys({away}); "
    program = f"{blocked}from django.core import management as m; m.execute_from_command_line(['', 'error_codes'])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert done.stdout == (ROOT / "docs" / "errors.md").read_text()


def test_every_code_says_when_it_comes_and_what_to_do():
    for code in all_error_codes():
        assert code.statuses and code.when.strip() and code.next_step.strip(), code
        assert "not possible right now" not in code.when or code.code == "refused", code


def test_the_document_is_what_the_source_says():
    written = io.StringIO()
    call_command("error_codes", stdout=written)
    committed = (ROOT / "docs" / "errors.md").read_text()
    assert written.getvalue() == committed, "Run: ./run manage error_codes > docs/errors.md"


def test_the_reference_has_the_codes_as_one_enum():
    assert SCHEMAS["ErrorCode"]["enum"] == [code.code for code in all_error_codes()]
    assert SCHEMAS["Problem"]["properties"]["code"] == {"$ref": "#/components/schemas/ErrorCode"}
    told = SCHEMAS["ErrorCode"]["x-error-codes"]["drop_full"]
    assert (told["status"], told["retryable"]) == ([409], True)


@pytest.mark.django_db
@pytest.mark.parametrize("accept", ["application/problem+json", "application/json", "*/*"])
def test_a_problem_leads_to_the_page_that_explains_it(accept, client):
    problem = is_problem(Api().get("whoami", Accept=accept), 401, "not_authenticated")
    assert (problem["title"], problem["retryable"]) == ("Not authenticated", False)
    assert problem["next_step"] == "Sign in, or send a key."
    address, _, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in client.get(address).content.decode()


@pytest.mark.django_db
def test_what_to_do_is_said_after_every_refusal_in_the_readers_language():
    asked = {"bad_key": {"Authorization": "Bearer clorp_pat_0"}, "not_authenticated": {}}
    for code, headers in asked.items():
        german = Api().get("whoami", **headers, **{"Accept-Language": "de"}).json()
        (listed,) = [each for each in all_error_codes() if each.code == code]
        with override("de"):
            assert (german["code"], german["next_step"]) == (code, str(listed.next_step))


@pytest.mark.django_db
def test_the_page_has_an_anchor_for_every_code(client):
    page = client.get("/help/errors").content.decode()
    assert [code.code for code in all_error_codes() if f'id="{code.code}"' not in page] == []
