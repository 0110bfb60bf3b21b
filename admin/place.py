"""Which stack is meant, and the clients that reach it: on AWS by its name, or the one that `make serve` runs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3

from admin.records import Books
from cutout.service.ledger import Ledger
from cutout.service.prices import starting_credits

if TYPE_CHECKING:
    from mypy_boto3_apigateway.client import APIGatewayClient
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

SERVED = Path(__file__).resolve().parent.parent / ".local" / "serve.json"

Clients = Callable[[str], Any]
"""a boto3 client, by the service's name"""


class NoSuchPlace(Exception):
    """There is no running stack where one was looked for; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A stack's table, its API keys and its work bucket, and what it says about accounts."""

    dynamodb: "DynamoDBClient"
    apigateway: "APIGatewayClient"
    s3: "S3Client"
    sqs: "SQSClient"
    names: Mapping[str, str]
    """what its resources are called, by their names in the template"""
    variables: Mapping[str, str]
    """the environment of the function that admits uploads"""
    table: str
    work_bucket: str
    usage_plan: str
    starting_credits: int | None
    bucket_account: str

    @property
    def ledger(self) -> Ledger:
        """The accounts; one that is made at its first use begins as the stack says."""
        return Ledger(client=self.dynamodb, name=self.table, starting_credits=self.starting_credits)

    @property
    def books(self) -> Books:
        """Everything that lies in the table about them."""
        return Books(client=self.dynamodb, table=self.table)


def aws_clients() -> Clients:
    """Clients of the account that the environment names (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and so on)."""
    return cast(Clients, boto3.Session().client)


def served_clients(path: Path = SERVED) -> Clients:
    """Clients of the stack that `make serve` runs on this machine; raises NoSuchPlace if none runs."""
    if not path.exists():
        raise NoSuchPlace(f"{path} is not there: no local stack runs. Start one with: make serve")
    served = json.loads(path.read_text())

    def client(service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=served["s3"],
            region_name=served["region"],
            aws_access_key_id=served["access_key_id"],
            aws_secret_access_key=served["secret_access_key"],
        )

    return client


def place_of(clients: Clients, stack: str) -> Place:
    """The stack of this name. What it says about accounts is read from the function that admits uploads."""
    pages = clients("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    names = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
    }
    found = clients("lambda").get_function_configuration(FunctionName=names["IngestFunction"])
    variables = found["Environment"]["Variables"]
    return Place(
        dynamodb=clients("dynamodb"),
        apigateway=clients("apigateway"),
        s3=clients("s3"),
        sqs=clients("sqs"),
        names=names,
        variables=variables,
        table=names["JobTable"],
        work_bucket=names["WorkBucket"],
        usage_plan=names["ApiUsagePlan"],
        starting_credits=starting_credits(variables["NEW_KEY_CREDITS"]),
        bucket_account=variables["BUCKET_ACCOUNT"],
    )
