"""Passwords in production: what is kept of them takes long to guess from."""

from __future__ import annotations

from accounts.models import User

ROUNDS_MIN = 600_000


def test_a_password_is_kept_as_a_hash_that_takes_many_rounds(db, settings, production_hashers):
    settings.PASSWORD_HASHERS = production_hashers
    user = User.objects.create_user("ada@example.com", "a good password", name="Ada")
    algorithm, rounds, *_ = user.password.split("$")
    assert (algorithm, int(rounds) >= ROUNDS_MIN) == ("pbkdf2_sha256", True)
    assert user.check_password("a good password") and not user.check_password("A good password")
