"""Taking a job back that was admitted and that nobody has begun: as if it had never been made."""

from cutout.service.holds import released
from cutout.service.job_items import job_key
from cutout.service.table import JobTable
from cutout.service.transactions import ConditionFailed, commit


def withdraw(table: JobTable, job_id: str, admitted: str) -> bool:
    """Remove a queued job that is as it was at ``admitted``, and give its hold back, both or neither.

    ``admitted`` is when its item was last written, as its caller knows it. False: somebody has begun it since, or it
    has ended or is gone, and nothing was changed. A message that stands for it makes it anew, hold and all.
    """
    state = table.find(job_id)
    if state is None or state.updated != admitted:
        return False
    remove = {
        "TableName": table.name,
        "Key": job_key(job_id),
        "ConditionExpression": "#status = :queued AND updated = :admitted",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":queued": {"S": "queued"}, ":admitted": {"S": admitted}},
    }
    try:
        commit(table.client, [{"Delete": remove}, *released(table.name, state.taken)])
    except ConditionFailed as failed:
        if failed.at(0):
            return False
        raise  # the account does not have what the job holds: ours to repair
    return True
