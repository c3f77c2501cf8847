"""Where nothing may be mounted there is no small disk, and that is said."""

from __future__ import annotations

import pytest

from tests.drill.support import disks


def test_what_is_no_program_of_ours_mounts_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(disks.NoMounts), disks.small_disk(tmp_path / "disk", 1):
        pass
