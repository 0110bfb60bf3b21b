"""Which job a line of the log is about: its id, the same from the upload to the webhook."""

import json

from aws_lambda_powertools import Logger


def correlate(logger: Logger, body: str) -> None:
    """Give every further line the id of the job that this message is about; none, if it names no job.

    The last message's id never stays: a line about nothing known has none.
    """
    logger.set_correlation_id(job_id_in(body))


def job_id_in(body: str) -> str | None:
    """The id of the job, else of the batch, that a message carries or names; None for anything else."""
    try:
        document = json.loads(body)
    except ValueError:
        return None  # whoever works on the message says what is wrong with it
    if not isinstance(document, dict):
        return None
    for name in ("job", "batch"):
        found = document.get(name)
        found = found.get("id") if isinstance(found, dict) else found
        if isinstance(found, str) and found:
            return found
    return None
