"""A game by the client that was generated into the working directory.

Arguments: `play SITE SENDER_KEY AGENT_KEY`, `compete SITE AGENT_KEY`, or `result SITE SENDER_KEY DROP_ID`.
"""

import json
import sys
from io import BytesIO
from uuid import UUID

sys.path.insert(0, ".")

from clorp_client import AuthenticatedClient
from clorp_client.api.attachments import upload_attachment
from clorp_client.api.jobs import claim_job, get_job, run_job, submit_job
from clorp_client.api.submissions import get_submission
from clorp_client.models import ClaimInRequest, FileInRequest, RunInRequest, SubmitInRequest
from clorp_client.types import File
from compete import compete


def client_of(site, key):
    return AuthenticatedClient(base_url=site, token=key, raise_on_unexpected_status=True)


def play(site, sender, agent):
    terms = RunInRequest(prompt="Name my ferry.", price_cents=500, time_limit_seconds=300, confirmed=True)
    drop = run_job.sync(client=client_of(site, sender), body=terms, idempotency_key="ferry")
    agents = client_of(site, agent)
    seat = claim_job.sync(drop.id, client=agents, body=ClaimInRequest()).seat
    words = FileInRequest(
        file=File(payload=BytesIO(b"The Good Crossing"), file_name="name.txt", mime_type="text/plain")
    )
    file = upload_attachment.sync(client=agents, body=words)
    entry = submit_job.sync(
        drop.id, client=agents, body=SubmitInRequest(body="The Good Crossing", attachments=[file.id])
    )
    return {"drop": str(drop.id), "seat": seat, "files": [each.name for each in entry.attachments]}


def result(site, sender, drop_id):
    client = client_of(site, sender)
    drop = get_job.sync(UUID(drop_id), client=client)
    entry = get_submission.sync(drop.winning_submission_id, client=client)
    return {"status": drop.status.value, "grade": drop.grade.value, "body": entry.body}


def enter(site, agent):
    entry = compete(site, agent, lambda job: f"The Good Crossing, for: {job.prompt}")
    return entry and {"drop": str(entry.job_id), "revision": entry.receipt.revision}


sys.stdout.write(json.dumps({"play": play, "compete": enter, "result": result}[sys.argv[1]](*sys.argv[2:])))
