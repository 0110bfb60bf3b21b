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
    tags: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    exceptions = Exceptions

    def etag(self, place: tuple[str, str]) -> str:
        body, metadata = self.objects[place]
        return f'"{hashlib.md5(body + str(metadata).encode()).hexdigest()}"'

    def head_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        if (Bucket, Key) not in self.objects:
            raise ClientError("404")
        body, metadata = self.objects[Bucket, Key]
        return {"Metadata": metadata, "ETag": self.etag((Bucket, Key)), "ContentLength": len(body)}

    def list_objects_v2(
        self, Bucket: str, Prefix: str, MaxKeys: int = 1000, StartAfter: str = "", Delimiter: str = ""
    ) -> dict[str, Any]:
        keys = sorted(key for bucket, key in self.objects if bucket == Bucket and key.startswith(Prefix))
        keys = [key for key in keys if not Delimiter or Delimiter not in key.removeprefix(Prefix)]
        keys = [key for key in keys if key > StartAfter]
        found = [{"Key": key, "Size": len(self.objects[Bucket, key][0])} for key in keys[:MaxKeys]]
        return {"Contents": found, "IsTruncated": len(keys) > MaxKeys}

    def get_object(
        self,
        Bucket: str,
        Key: str,
        IfMatch: str | None = None,
        IfNoneMatch: str | None = None,
        Range: str = "",
    ) -> dict[str, Any]:
        if (Bucket, Key) not in self.objects:
            raise ClientError("NoSuchKey")
        etag = self.etag((Bucket, Key))
        if IfMatch is not None and IfMatch != etag:
            raise ClientError("PreconditionFailed")
        if IfNoneMatch == etag:
            raise ClientError("304")
        body, metadata = self.objects[Bucket, Key]
        answer = {"Body": Body(body), "Metadata": metadata, "ContentLength": len(body), "ETag": etag}
        if Range:
            first, last = map(int, Range.removeprefix("bytes=").split("-"))
            part = body[first : last + 1]
            answer |= {"Body": Body(part), "ContentRange": f"bytes {first}-{last}/{len(body)}"}
        return answer

    def put_object(
        self,
        Bucket: str,
        Key: str,
        Body: Any,
        ContentType: str = "",
        Metadata: dict[str, str] | None = None,
        **condition: str,
    ) -> None:
        place = (Bucket, Key)
        if "IfNoneMatch" in condition and place in self.objects:
            raise ClientError("PreconditionFailed")
        if "IfMatch" in condition and (place not in self.objects or self.etag(place) != condition["IfMatch"]):
            raise ClientError("PreconditionFailed")
        self.objects[place] = (Body if isinstance(Body, bytes) else Body.read(), Metadata or {})
        self.tags.pop(place, None)

    def get_paginator(self, name: str) -> "FakePages":
        assert name == "list_objects_v2"
        return FakePages(self)

    def delete_object(self, Bucket: str, Key: str, IfMatch: str | None = None) -> None:
        if IfMatch is not None and ((Bucket, Key) not in self.objects or self.etag((Bucket, Key)) != IfMatch):
            raise ClientError("PreconditionFailed")
        self.objects.pop((Bucket, Key), None)

    def get_object_tagging(self, Bucket: str, Key: str) -> dict[str, Any]:
        if (Bucket, Key) not in self.objects:
            raise ClientError("NoSuchKey")
        return {"TagSet": self.tags.get((Bucket, Key), [])}

    def put_object_tagging(self, Bucket: str, Key: str, Tagging: dict[str, Any]) -> None:
        self.tags[Bucket, Key] = Tagging["TagSet"]


@dataclass(frozen=True)
class FakePages:
    """Lists of keys, one object a page."""

    s3: FakeS3

    def paginate(self, Bucket: str, Prefix: str, Delimiter: str = "") -> list[dict[str, Any]]:
        listed = self.s3.list_objects_v2(Bucket, Prefix, Delimiter=Delimiter)["Contents"]
        return [
            {"Contents": [found | {"ETag": self.s3.etag((Bucket, found["Key"]))}]} for found in listed
        ] or [{}]


@dataclass
class FakeSqs:
    """What was sent, as (queue, body), and with which delays. ``broken``: the next so many calls fail."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    delays: list[int] = field(default_factory=list)
    broken: int = 0
    calls: list[int] = field(default_factory=list)
    """how many messages came in each call for many"""
    refuses: str = ""
    """the message that is not taken in a call for many"""

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:
        self.calls.append(len(Entries))
        taken = [entry for entry in Entries if entry["MessageBody"] != self.refuses]
        self.sent += [(QueueUrl, entry["MessageBody"]) for entry in taken]
        return {} if len(taken) == len(Entries) else {"Failed": [{"Id": "0", "Code": "InternalError"}]}

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> None:
        if self.broken:
            self.broken -= 1
            raise ClientError("ServiceUnavailable")
        self.sent.append((QueueUrl, MessageBody))
        self.delays.append(DelaySeconds)
