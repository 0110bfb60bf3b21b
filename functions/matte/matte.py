"""Container image: the ONNX model on proxies, a coarse matte for each.

Reads: work/<job>/<digest>.bmp. Writes: mattes/<proxy>/<model>.png. Sends to: the lane's compose queue; a direct
call gets the message as its answer.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from cutout.codec import Limits, decode, encode_grey
from cutout.matting.tensor import to_alpha8, to_tensor
from cutout.network import ModelCard, Network, load, read_card
from cutout.service.batch import each_message
from cutout.service.correlation import correlate
from cutout.service.direct import direct_answer, direct_body
from cutout.service.jobs import timestamp
from cutout.service.keys import matte_key
from cutout.service.messages import ComposeMessage, MatteMessage, ModelUse
from cutout.service.objects import exists
from cutout.service.onward import Lanes
from cutout.service.settings import MatteSettings
from cutout.service.stopwatch import Stopwatch
from cutout.service.table import JobTable
from cutout.service.user_agent import USER_AGENT

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

MB_PER_VCPU = 1769  # Lambda gives one vCPU for this much memory

CLIENTS = Config(user_agent=USER_AGENT)

logger = Logger(service="matte")


@dataclass(frozen=True, kw_only=True)
class Matte:
    """What matte works with, built once per process: the network is loaded here and nowhere else."""

    s3: "S3Client"
    sqs: "SQSClient"
    table: JobTable
    compose: Lanes
    settings: MatteSettings
    card: ModelCard
    network: Network
    memory_mb: int

    def take(self, body: str) -> None:
        """Make the matte of one message's proxy and queue the rest."""
        onward = self.take_direct(body)
        queue = self.compose.of(onward.job.lane)
        self.sqs.send_message(QueueUrl=queue, MessageBody=onward.model_dump_json())
        self.table.advance(onward.job.id, "matted", timestamp(time.time()))

    def take_direct(self, body: str) -> ComposeMessage:
        """Make the matte of one message's proxy, unless the same pixels have one from the same network."""
        message = MatteMessage.model_validate_json(body)
        logger.info("proxy", job=message.job.id)
        watch = Stopwatch("matte", self.memory_mb)
        key = matte_key(message.proxy_sha256, self.card.sha256)
        reused = exists(self.s3, self.settings.work_bucket, key)
        if not reused:
            self.predict(message.proxy_key, key, watch)
        return ComposeMessage(
            job=message.job,
            picture=message.picture,
            matte_key=key,
            treatment=message.treatment,
            cutout_key=message.cutout_key,
            model=ModelUse(id=self.card.id, sha256=self.card.sha256, reused=reused),
            stages=(*message.stages, watch.report()),
        )

    def predict(self, proxy_key: str, key: str, watch: Stopwatch) -> None:
        """Read a proxy, run the network, write the coarse matte."""
        bucket, side = self.settings.work_bucket, self.card.input_size
        with watch.step("read"):
            body = self.s3.get_object(Bucket=bucket, Key=proxy_key)["Body"].read()
            proxy = decode(body, Limits(max_bytes=len(body), max_pixels=side * side)).rgb8
        if proxy.shape != (side, side, 3):
            raise ValueError(f"the proxy is {proxy.shape}; {self.card.id} reads {(side, side, 3)}")
        with watch.step("network"):
            prediction = self.network(to_tensor(proxy, self.card.mean, self.card.std))
        with watch.step("write"):
            matte = encode_grey(to_alpha8(prediction))
            self.s3.put_object(Bucket=bucket, Key=key, Body=matte, ContentType="image/png")


@cache
def service() -> Matte:
    """Load the network and open the clients, once per process."""
    settings = MatteSettings.read(os.environ)
    memory_mb = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
    card_path = Path(settings.model_card)
    return Matte(
        s3=boto3.client("s3", config=CLIENTS),
        sqs=boto3.client("sqs", config=CLIENTS),
        table=JobTable(client=boto3.client("dynamodb", config=CLIENTS), name=settings.table),
        compose=Lanes(interactive=settings.compose_queue, bulk=settings.bulk_compose_queue),
        settings=settings,
        card=read_card(card_path),
        network=load(card_path.with_suffix(".onnx"), threads=max(1, round(memory_mb / MB_PER_VCPU))),
        memory_mb=memory_mb,
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: SQS messages from ingest, and the API's direct calls."""
    body = direct_body(event)
    if body is not None:
        correlate(logger, body)
        return direct_answer(service().take_direct(body))
    return each_message(event, context, logger, lambda body: service().take(body))


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    service()  # load the network while the environment starts, not in the first picture's time
