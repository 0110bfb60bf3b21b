"""One way to work through an SQS batch: every message alone, failures reported and logged."""

import logging
import time
from collections.abc import Callable
from typing import Any, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from cutout.service.correlation import correlate
from cutout.service.metrics import Measures


def each_message(
    event: dict[str, Any], context: Any, logger: Logger, work: Callable[[str], None]
) -> dict[str, Any]:
    """Call ``work`` with the body of every record; those that raise are returned to the queue.

    The processor would swallow the exceptions silently: it is given the logger. It would also raise when the whole
    batch fails, which says nothing more than the list of failures does. Every line of the log that a message causes
    carries its job's id, its failure's too.
    """

    def record_handler(record: SQSRecord) -> None:
        correlate(logger, record.body)
        waited = time.time() - int(record.attributes.sent_timestamp) / 1000
        Measures().note({"QueueSeconds": max(0.0, waited)}, stage=logger.service)
        work(record.body)

    processor = BatchProcessor(
        EventType.SQS, raise_on_entire_batch_failure=False, logger=cast(logging.Logger, logger)
    )
    return dict(
        process_partial_response(
            event=event, record_handler=record_handler, processor=processor, context=context
        )
    )
