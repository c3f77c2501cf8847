"""Whether the money in the books is real: what was play money or a sandbox's must never be paid out as dollars."""

from __future__ import annotations

import logging

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from wallet import gateway

log = logging.getLogger(__name__)

# Escaped, so that the index of the ids finds their beginning.
UNREAL = r"""SELECT 'play money' AS origin WHERE EXISTS (SELECT 1 FROM ledger_account WHERE kind = 'play_clearing')
    UNION ALL SELECT 'sandbox events' WHERE EXISTS (SELECT 1 FROM stripe_event WHERE NOT livemode)
    UNION ALL SELECT 'sandbox top-ups' WHERE EXISTS (SELECT 1 FROM topup WHERE stripe_session_id LIKE 'cs\_test\_%')"""


class NotRealMoney(Refused):
    code = "not_real_money"
    status = 503
    message = _("Nothing can be withdrawn for now: this site's books still hold money that is not real.")
    next_step = _("What is yours stays in your wallet. Our staff have to put it right; please come back later.")


def unreal_money_sql() -> str:
    """Rows that name what is not real; none where the site does not run on live money."""
    return UNREAL if gateway.is_live() else "SELECT 1 WHERE false"


def require_real_money() -> None:
    """Raise NotRealMoney where a live key pays out of books that began on play money or in a sandbox."""
    with connection.cursor() as cursor:
        cursor.execute(unreal_money_sql())
        origins = [row[0] for row in cursor.fetchall()]
    if origins:
        log.error("unreal money in live books", extra={"origins": origins})
        raise NotRealMoney
