"""How the last comparison with Stripe went, for whoever watches the figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from wallet.models import Reconciliation


def figures(now: datetime) -> Iterable[Metric]:
    """Figures of the last comparison; none where there never was one."""
    last = Reconciliation.objects.order_by("-id").first()
    if last is None:
        return
    at = last.ran_at.timestamp()
    yield GaugeMetricFamily("clorp_stripe_compared_at", "When Stripe's book was last compared with ours", value=at)
    unseen = len(last.unseen)
    yield GaugeMetricFamily("clorp_stripe_unseen", "What Stripe could not be asked for by then", value=unseen)
    unmatched = last.unmatched_lines
    yield GaugeMetricFamily(
        "clorp_stripe_unmatched_lines", "Lines of its book that ours does not explain", value=unmatched
    )
    if last.difference_cents is not None:
        name, what = "clorp_stripe_difference_cents", "How much more Stripe holds than our book says"
        yield GaugeMetricFamily(name, what, value=last.difference_cents)
