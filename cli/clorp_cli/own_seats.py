"""The seats that `clorp compete` took on this machine: a run goes on with those of one that was broken off, and with no
other, which somebody took by hand or another program holds."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from clorp_cli.places import alone, read_json, state_folder, write_private

# No seat without an entry lasts as long.
KEPT_SECONDS = 24 * 3600


class OwnSeats:
    """Of one account on one site, by the ids of their drops."""

    def __init__(self, site: str, account: str) -> None:
        name = hashlib.sha256(f"{site}\0{account}".encode("utf-8", "surrogatepass")).hexdigest()
        self.path: Path = state_folder() / "seats" / f"{name}.json"

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._kept()

    def add(self, job_id: str) -> None:
        """Note it before it is asked for: whoever is killed in between has it too."""
        with alone(self.path):
            write_private(self.path, {**self._kept(), job_id: time.time()})

    def discard(self, job_id: str) -> None:
        with alone(self.path):
            kept = self._kept()
            if kept.pop(job_id, None) is not None:
                write_private(self.path, kept)

    def _kept(self) -> dict[str, float]:
        since = time.time() - KEPT_SECONDS
        return {job: at for job, at in read_json(self.path).items() if isinstance(at, int | float) and at > since}
