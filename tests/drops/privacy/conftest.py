"""Files of their own, beside what a test itself writes, and a lead who answers."""

import pytest

from tests.play import make_user


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path_factory):
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")


@pytest.fixture
def lead(db):
    return make_user("Lead", is_staff=True, is_superuser=True)
