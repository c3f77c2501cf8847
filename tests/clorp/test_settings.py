"""Settings fail closed: each case is a fresh process with nothing but the environment it names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "SECRET_KEY": "a-long-random-string",
    "ALLOWED_HOSTS": "clorp.example",
    "DATABASE_URL": "postgres://somebody@localhost/nowhere",
}
JUDGES = """[{"base_url": "https://models.example/v1", "model": "one", "api_key": "env:ONE_KEY"},
             {"base_url": "http://models.example/v1", "model": "two"}]"""


def read_settings(environment: dict[str, str], show: str = "'started'") -> subprocess.CompletedProcess[str]:
    code = f"import clorp.settings as s; print({show})"
    clean = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=ROOT, env=clean, capture_output=True, text=True, check=False
    )


def test_a_complete_environment_starts_closed():
    shown = read_settings(COMPLETE, "s.DEBUG, s.PLAY_MONEY, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT")
    assert shown.stdout.strip() == "False False True True", shown.stderr


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_what_is_missing_is_named_and_nothing_starts(missing):
    shown = read_settings({name: value for name, value in COMPLETE.items() if name != missing})
    assert shown.returncode != 0
    assert "started" not in shown.stdout
    refusal = shown.stderr.strip().splitlines()[-1]
    assert missing in refusal
    assert not [name for name in COMPLETE if name != missing and name in refusal]


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"JUDGE": "panel"}, "JUDGE=panel needs judges"),
        ({"JUDGE_SEATS": "[{}]"}, "two or three seats"),
        ({"JUDGE_SEATS": JUDGES}, "names a variable that is not set: ONE_KEY"),
        ({"JUDGE_SEATS": JUDGES, "ONE_KEY": "sk-x"}, "Seat 2 of JUDGE_SEATS needs an https:// base_url"),
        ({"JUDGE_UNCHECKED": "1"}, "JUDGE_UNCHECKED is for play money alone"),
        ({"JUDGE": "dice"}, "JUDGE is one of"),
        ({"PLAY_MONEY": "1", "STRIPE_SECRET_KEY": "sk_test_x"}, "exclude each other"),
        ({"STRIPE_SECRET_KEY": "pk_live_x"}, "it starts with sk_ or rk_"),
        ({"STRIPE_API_BASE": "http://stripe.example"}, "STRIPE_API_BASE is an https:// address"),
        ({"STRIPE_API_BASE": "http://127.0.0.1.example:80"}, "STRIPE_API_BASE is an https:// address"),
        ({"SECURITY_CONTACT": "ask around"}, "SECURITY_CONTACT is a mail address, or a page"),
        ({"SOURCE_URL": "javascript:alert(1)"}, "SOURCE_URL is where your source can be had"),
    ],
)
def test_settings_that_could_not_work_are_refused(setting, sentence):
    shown = read_settings(COMPLETE | setting)
    assert shown.returncode != 0
    assert sentence in shown.stderr


def test_a_collector_of_traces_has_requests_traced_behind_their_ids():
    shown = "s.MIDDLEWARE[:2]"
    assert "Trace" not in read_settings(COMPLETE, shown).stdout
    collector = COMPLETE | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}
    traced = ["core.http.RequestIdMiddleware", "core.tracing.TraceMiddleware"]
    assert read_settings(collector, shown).stdout.strip() == str(traced)


def test_files_lie_in_a_folder_or_in_a_bucket_whose_secret_is_read_from_a_file(tmp_path):
    shown = "s.STORAGES['default']['BACKEND'], s.STORAGES['default'].get('OPTIONS', {}).get('secret_key')"
    assert read_settings(COMPLETE, shown).stdout.strip().endswith("FileSystemStorage None")
    (tmp_path / "key").write_text("hush-hush")
    bucket = COMPLETE | {"FILES_S3_BUCKET": "files", "FILES_S3_SECRET_KEY_FILE": str(tmp_path / "key")}
    assert read_settings(bucket, shown).stdout.strip() == "core.s3_files.S3Files hush-hush"


def test_play_money_is_on_for_a_newcomer_and_off_once_stripe_is_there():
    newcomer = COMPLETE | {"DEBUG": "1"}
    assert read_settings(newcomer, "s.PLAY_MONEY").stdout.strip() == "True"
    assert read_settings(newcomer | {"STRIPE_SECRET_KEY": "sk_test_x"}, "s.PLAY_MONEY").stdout.strip() == "False"


def test_a_closed_site_answers_before_any_quick_way_and_behind_what_sets_the_headers():
    order = read_settings(COMPLETE | {"MAINTENANCE": "1"}, "*s.MIDDLEWARE").stdout.split()
    assert "core.api.public_cache.PublicAnswersMiddleware" not in order
    closed = order.index("clorp.site.maintenance.MaintenanceMiddleware")
    assert order.index("csp.middleware.CSPMiddleware") < order.index("whitenoise.middleware.WhiteNoiseMiddleware")
    assert order.index("whitenoise.middleware.WhiteNoiseMiddleware") == closed - 1


def test_the_databases_cache_holds_enough_that_no_limit_is_pushed_out():
    shown = "s.CACHES['default']['OPTIONS']['MAX_ENTRIES']"
    assert int(read_settings(COMPLETE, shown).stdout) >= 10_000


def test_behind_a_proxy_every_limit_by_address_looks_behind_it():
    shown = "s.REST_FRAMEWORK['NUM_PROXIES'], s.ALLAUTH_TRUSTED_PROXY_COUNT"
    assert read_settings(COMPLETE, shown).stdout.strip() == "0 0"
    assert read_settings(COMPLETE | {"TRUST_PROXY": "1"}, shown).stdout.strip() == "1 1"


def test_secrets_are_read_from_files(tmp_path):
    environment = dict(COMPLETE)
    for name in ("SECRET_KEY", "DATABASE_URL"):
        (tmp_path / name).write_text(environment.pop(name))
        environment[f"{name}_FILE"] = str(tmp_path / name)
    shown = read_settings(environment, "s.SECRET_KEY, s.DATABASES['default']['NAME']")
    assert shown.stdout.strip() == "a-long-random-string nowhere", shown.stderr


def test_judges_and_their_keys_are_read_from_files_and_the_keys_are_not_printed(tmp_path):
    (tmp_path / "seats").write_text(JUDGES.replace("http:", "https:"))
    (tmp_path / "key").write_text("sk-secret")
    environment = COMPLETE | {"JUDGE_SEATS_FILE": str(tmp_path / "seats"), "ONE_KEY_FILE": str(tmp_path / "key")}
    shown = read_settings(environment, "s.JUDGE_SEATS[0]['api_key'] == 'sk-secret', s.JUDGE_SEATS")
    assert shown.stdout.startswith("True [{"), shown.stderr
    assert "sk-secret" not in shown.stdout


def test_importing_the_hall_reads_no_settings():
    code = "import core.errors, clorp.dev.environment, sys; print('django.conf' in sys.modules)"
    shown = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, text=True, check=False
    )
    assert shown.stdout.strip() == "False", shown.stderr


def test_who_tells_of_a_hole_writes_where_everybody_does_unless_it_is_said():
    contact = COMPLETE | {"CONTACT_EMAIL": "help@clorp.example"}
    assert read_settings(contact, "s.SECURITY_CONTACT").stdout.strip() == "help@clorp.example"
    told = contact | {"SECURITY_CONTACT": "https://clorp.example/safe"}
    assert read_settings(told, "s.SECURITY_CONTACT").stdout.strip() == "https://clorp.example/safe"


def test_a_payment_whose_bank_calls_it_a_fraud_is_refunded_unless_that_is_turned_off():
    assert read_settings(COMPLETE, "s.FRAUD_WARNING_REFUND_CENTS_MAX").stdout.strip() == "2500"


@pytest.mark.parametrize("mail", ["", "smtp://mail.clorp.example"])
def test_a_site_without_mail_is_warned_before_it_is_deployed(mail, settings):
    settings.EMAIL_URL = mail
    warned = [message.id for message in run_checks(tags=["security"], include_deployment_checks=True)]
    assert ("clorp.W001" in warned) is not bool(mail)


@pytest.mark.parametrize("asked", [True, False])
def test_a_site_whose_staff_need_no_second_factor_is_warned(asked, settings):
    settings.STAFF_SECOND_FACTOR = asked
    warned = [message.id for message in run_checks(tags=["security"], include_deployment_checks=True)]
    assert ("clorp.W002" in warned) is not asked


@pytest.mark.parametrize(
    ("told", "asked", "spared"),
    [
        ({}, "True", ""),
        ({"DEBUG": "1"}, "True", "staff@clorp.example"),
        ({"DEBUG": "1", "STAFF_SECOND_FACTOR": "1"}, "True", ""),
    ],
)
def test_staff_always_need_a_second_factor_but_the_demos_moderator(told, asked, spared):
    words = read_settings(COMPLETE | told, "s.STAFF_SECOND_FACTOR, repr(s.STAFF_SPARED)").stdout.split()
    assert words == [asked, repr(spared)]
