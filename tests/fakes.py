"""Stand-ins for AWS clients, as dictionaries with the few methods that the code calls."""

import hashlib
from dataclasses import dataclass, field
from typing import Any


class ClientError(Exception):
    """As botocore's: the code is in ``response``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response: dict[str, Any] = {"Error": {"Code": code}}


class Exceptions:
    """A client's ``exceptions``."""

    ClientError = ClientError


class Body:
    """A streaming body."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self) -> bytes:
        return self.content

    def close(self) -> None:
        self.content = b""


@dataclass
class FakeS3:
    """Objects in a dictionary: (bucket, key) -> (body, metadata), with S3's conditional writes."""

    objects: dict[tuple[str, str], tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    exceptions = Exceptions

    def etag(self, place: tuple[str, str]) -> str:
        body, metadata = self.objects[place]
        return f'"{hashlib.md5(body + str(metadata).encode()).hexdigest()}"'

    def head_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        if (Bucket, Key) not in self.objects:
            raise ClientError("404")
        body, metadata = self.objects[Bucket, Key]
        return {"Metadata": metadata, "ETag": self.etag((Bucket, Key)), "ContentLength": len(body)}

    def get_object(self, Bucket: str, Key: str, IfMatch: str | None = None) -> dict[str, Any]:
        if (Bucket, Key) not in self.objects:
            raise ClientError("NoSuchKey")
        if IfMatch is not None and IfMatch != self.etag((Bucket, Key)):
            raise ClientError("PreconditionFailed")
        body, metadata = self.objects[Bucket, Key]
        return {"Body": Body(body), "Metadata": metadata, "ContentLength": len(body)}

    def put_object(
        self,
        Bucket: str,
        Key: str,
        Body: bytes,
        ContentType: str = "",
        Metadata: dict[str, str] | None = None,
        **condition: str,
    ) -> None:
        place = (Bucket, Key)
        if "IfNoneMatch" in condition and place in self.objects:
            raise ClientError("PreconditionFailed")
        if "IfMatch" in condition and (place not in self.objects or self.etag(place) != condition["IfMatch"]):
            raise ClientError("PreconditionFailed")
        self.objects[place] = (Body, Metadata or {})

    def delete_object(self, Bucket: str, Key: str) -> None:
        self.objects.pop((Bucket, Key), None)


@dataclass
class FakeSqs:
    """What was sent, as (queue, body)."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:
        self.sent.append((QueueUrl, MessageBody))
