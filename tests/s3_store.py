"""A store that speaks S3, as a process of its own, which can be killed like anybody's."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.bench.support.serving import free_port, listens

BUCKET = "clorp-files"
KEYS = {"access_key": "clorp", "secret_key": "hush-hush"}
START_SECONDS_MAX = 60.0


class S3Store:
    """moto's server; what it holds is gone when it is killed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = Path(sys.executable).parent / "moto_server"
        command = [sys.executable, str(program), "-H", "127.0.0.1", "-p", str(self.port)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, **quiet)  # type: ignore[call-overload]  # noqa: S603
        until = time.monotonic() + START_SECONDS_MAX
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("moto's server did not start.")
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    @property
    def client(self) -> Any:
        key, secret = KEYS.values()
        retries = {"total_max_attempts": 1}
        config = Config(s3={"addressing_style": "path"}, retries=retries, connect_timeout=2, read_timeout=2)
        about = {"aws_access_key_id": key, "aws_secret_access_key": secret, "region_name": "us-east-1"}
        return boto3.client("s3", endpoint_url=self.url, config=config, **about)

    def empty(self) -> None:
        """A bucket with nothing in it, whatever there was."""
        client = self.client
        if BUCKET in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
            for path in self.paths():
                client.delete_object(Bucket=BUCKET, Key=path)
        else:
            client.create_bucket(Bucket=BUCKET)

    def paths(self) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return [entry["Key"] for page in pages for entry in page.get("Contents", ())]

    def options(self) -> dict[str, Any]:
        """The options that the site is configured with."""
        return {"bucket_name": BUCKET, "endpoint_url": self.url, "region_name": "us-east-1", "location": "one", **KEYS}
