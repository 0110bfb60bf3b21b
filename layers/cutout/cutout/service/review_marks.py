"""What becomes of a job that waits for review once its matte has been corrected: it waits no longer."""

from cutout.service.job_items import job_key
from cutout.service.jobs import Job
from cutout.service.table import JobTable
from cutout.service.transactions import patiently


def note_correction(table: JobTable, job: Job) -> None:
    """Note, on the job whose picture ``job`` has rendered with a corrected matte, who corrected it.

    To be called once ``job`` is done, and any number of times. Where nothing waits for review nothing is noted.
    """
    corrected = job.corrects or job.rendering_of
    if not job.matte_key or corrected is None:
        return
    first = table.find(corrected)
    if first is None or not first.waits_for_review:
        return
    key = job_key(first.job.id)
    try:
        patiently(
            table.client,
            lambda: table.client.update_item(
                TableName=table.name,
                Key=key,
                UpdateExpression="SET corrected_by = :by",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":by": {"S": job.id}},
            ),
        )
    except table.client.exceptions.ConditionalCheckFailedException:
        return  # its time was up in this moment: nobody waits for it
