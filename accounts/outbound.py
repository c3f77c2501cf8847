"""Pass on at once what can't wait for the next periodic pass: route the notifications of one topic, and send them.

Who has neither a webhook nor a browser to call can wait for the next pass.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from accounts.notifications.routing import route_notices
from accounts.notifications.topics import Topic
from accounts.push.sending import send_pushes
from accounts.webhooks.delivering import deliver_batch
from core.periodic import RUN_SECONDS_MAX, in_time


def send_at_once(*, topic: Topic, clock: Callable[[], datetime]) -> int:
    """Route what nobody has routed yet, then call the webhooks and browsers it is for; how many rows it was.

    What this doesn't reach in its time, or what fails, the periodic pass takes up.
    """
    routed = sum(in_time(iter(lambda: route_notices(now=clock(), urgent=topic), 0), RUN_SECONDS_MAX))
    if not routed:
        return 0
    return routed + sum(in_time(iter(lambda: _send_some(clock), 0), RUN_SECONDS_MAX))


def _send_some(clock: Callable[[], datetime]) -> int:
    """In turn, so that neither way waits until the other is through."""
    return send_pushes(clock=clock) + deliver_batch(clock=clock)
