"""The bare flow's functions: the same hops as ours, the same number of reads, writes and conditions, and no pictures.

What is left of a job when nothing is decoded, decided or encoded: the least that this many hops can cost here.
"""

import json
import os
import time
from functools import cache
from typing import Any

import boto3

TABLE, WORK, RESULT = os.environ["TABLE"], os.environ["WORK"], os.environ["RESULT"]
NEXT = os.environ["NEXT_QUEUE"]


@cache
def client(service: Any) -> Any:
    """One client per process."""
    return boto3.client(service)


def sort(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """S3's events become messages, one each."""
    for record in event["Records"]:
        for upload in json.loads(record["body"]).get("Records", []):
            onward({"bucket": upload["s3"]["bucket"]["name"], "key": upload["s3"]["object"]["key"]})
    return {"batchItemFailures": []}


def ingest(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Note the job under a condition, copy the upload."""
    for job in jobs_in(event):
        client("dynamodb").transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": {**job_key(job), "status": {"S": "queued"}, "job": {"S": json.dumps(job)}},
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                },
                held(1),
            ]
        )
        body = client("s3").get_object(Bucket=job["bucket"], Key=job["key"])["Body"].read()
        client("s3").put_object(Bucket=WORK, Key=f"bare/{job['key']}", Body=body[:12_342])
        onward(job)
        advance(job, "queued", "ingested")
    return {"batchItemFailures": []}


def matte(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Copy the copy."""
    for job in jobs_in(event):
        body = client("s3").get_object(Bucket=WORK, Key=f"bare/{job['key']}")["Body"].read()
        client("s3").put_object(Bucket=WORK, Key=f"bare-mattes/{job['key']}", Body=body[:4_000])
        onward(job)
        advance(job, "ingested", "matted")
    return {"batchItemFailures": []}


def compose(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Copy the upload to the results, write a report, end the job and charge for it in one transaction."""
    for job in jobs_in(event):
        s3 = client("s3")
        s3.get_object(Bucket=WORK, Key=f"bare-mattes/{job['key']}")["Body"].read()
        body = s3.get_object(Bucket=job["bucket"], Key=job["key"])["Body"].read()
        s3.put_object(Bucket=WORK, Key=f"bare-cutouts/{job['key']}", Body=body)
        s3.put_object(Bucket=RESULT, Key=f"bare/{job['key']}", Body=body, IfNoneMatch="*")
        s3.put_object(Bucket=RESULT, Key=f"bare/{job['key']}.json", Body=json.dumps(job), IfNoneMatch="*")
        end = {"Update": {"TableName": TABLE, "Key": job_key(job), **status("done", "matted")}}
        charge = {"Put": {"TableName": TABLE, "Item": {"pk": {"S": "bare"}, "sk": {"S": job["key"]}}}}
        client("dynamodb").transact_write_items(TransactItems=[end, charge, held(-1)])
        onward(job)
    return {"batchItemFailures": []}


def notify(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Nobody wants to hear of it."""
    assert jobs_in(event)
    return {"batchItemFailures": []}


def jobs_in(event: dict[str, Any]) -> list[dict[str, str]]:
    """The jobs of an event."""
    return [json.loads(record["body"]) for record in event["Records"]]


def onward(job: dict[str, str]) -> None:
    """To the next queue."""
    client("sqs").send_message(QueueUrl=NEXT, MessageBody=json.dumps(job))


def job_key(job: dict[str, str]) -> dict[str, Any]:
    """Where the job lies in the table."""
    return {"pk": {"S": f"bare#{job['key']}"}, "sk": {"S": "job"}}


def held(change: int) -> dict[str, Any]:
    """An account that changes with every job."""
    return {
        "Update": {
            "TableName": TABLE,
            "Key": {"pk": {"S": "bare-account"}, "sk": {"S": "account"}},
            "UpdateExpression": "ADD held :change, ended :ended",
            "ExpressionAttributeValues": {
                ":change": {"N": str(change)},
                ":ended": {"N": "1" if change < 0 else "0"},
            },
        }
    }


def status(to: str, before: str) -> dict[str, Any]:
    """A change of a job's status, if it is as it was."""
    return {
        "UpdateExpression": "SET #status = :to, updated = :now",
        "ConditionExpression": "#status IN (:before, :queued, :ingested)",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":to": {"S": to},
            ":before": {"S": before},
            ":queued": {"S": "queued"},
            ":ingested": {"S": "ingested"},
            ":now": {"S": str(time.time())},
        },
    }


def advance(job: dict[str, str], before: str, to: str) -> None:
    """Note a finished stage; a job that is further already stays as it is."""
    dynamodb = client("dynamodb")
    try:
        dynamodb.update_item(TableName=TABLE, Key=job_key(job), **status(to, before))
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return
