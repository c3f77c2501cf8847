"""The embedded broker: messages as files, for a machine without Redis.

Kombu's own transport creates a message's file and then fills it; a reader that comes in between
finds it empty, and the worker ends with "Unrecoverable error: JSONDecodeError" (celery/kombu
issue 1551). At one message a second that took less than a minute to happen.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        # Kombu makes the last one alone, and that only where its parent is there already.
        for folder in (self.data_folder_in, self.data_folder_out, self.control_folder):
            Path(folder).mkdir(parents=True, exist_ok=True)

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        """Write the message under a name no queue looks for, then rename it: readers see all of it or nothing."""
        message = Path(self.data_folder_out, f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg")
        unfinished = message.with_name(message.name + ".part")
        try:
            unfinished.write_text(dumps(payload))
            unfinished.replace(message)
        except OSError as error:
            raise ChannelError(f"Cannot write the message {message}") from error

    def _get(self, queue: str) -> Any:  # type: ignore[override]
        """The next message. One that can't be read (a disk that was full) is dropped: a periodic task comes again."""
        try:
            return super()._get(queue)
        except ValueError:
            raise Empty from None


class Transport(filesystem.Transport):
    Channel = Channel
