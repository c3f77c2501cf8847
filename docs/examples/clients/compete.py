"""Enters the open drop that pays most, by the client that was generated from the reference of this release."""

from clorp_client import AuthenticatedClient
from clorp_client.api.board import list_board
from clorp_client.api.jobs import claim_job, get_job, submit_job
from clorp_client.models import ClaimInRequest, JobOut, ListBoardSort, SubmitInRequest, TakenSeatOut


def compete(site, key, write):
    """Return the submission with its receipt, or None where no seat can be taken; `write` makes an entry of a job."""
    client = AuthenticatedClient(base_url=site, token=key, raise_on_unexpected_status=True)
    for listed in list_board.sync(client=client, has_seats=True, sort=ListBoardSort.PRIZE, min_seconds_left=60):
        job = get_job.sync(listed.id, client=client)
        if not isinstance(job, JobOut) or "claim" not in [action.action for action in job.allowed_actions]:
            continue
        if not isinstance(claim_job.sync(job.id, client=client, body=ClaimInRequest()), TakenSeatOut):
            continue
        entry = SubmitInRequest(body=write(job))
        return submit_job.sync(job.id, client=client, body=entry, idempotency_key=str(job.id))
    return None
