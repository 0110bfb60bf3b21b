"""The hooks of a stack, as they lie in its work bucket, read again when they have changed."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cutout.service.hooks import NAME, BadHook, Hook, read_hook
from cutout.service.keys import HOOKS_PREFIX, hook_key

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

LIST_AGE_SECONDS = 60
UNKNOWN_AGE_SECONDS = 2
ABSENT = {"404", "NoSuchKey"}


class HookShelf:
    """Finds hooks by name.

    One list a minute says which there are and which have changed; a name that is not in it has it read again at most
    every two seconds. So unknown names cost nothing, however many are tried.
    """

    def __init__(self, s3: "S3Client", bucket: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._s3, self._bucket, self._clock = s3, bucket, clock
        self._listed_at: float | None = None
        self._etags: dict[str, str] = {}
        self._read: dict[str, tuple[str, Hook]] = {}

    def find(self, name: str) -> Hook | None:
        """The hook of this name; None if there is none.

        Raises
        ------
        BadHook
            There is a document of this name, and it is no hook.
        """
        if not NAME.fullmatch(name):
            return None
        self._look_again(name)
        etag = self._etags.get(name)
        if etag is None:
            return None
        known = self._read.get(name)
        if known is not None and known[0] == etag:
            return known[1]
        hook = self._load(name)
        if hook is not None:
            self._read[name] = (etag, hook)
        return hook

    def _look_again(self, name: str) -> None:
        """List the documents, if the list is old."""
        now = self._clock()
        allowed = LIST_AGE_SECONDS if name in self._etags else UNKNOWN_AGE_SECONDS
        if self._listed_at is None or now - self._listed_at > allowed:
            self._etags = etags_of(self._s3, self._bucket)
            self._read = {name: hook for name, hook in self._read.items() if name in self._etags}
            self._listed_at = now

    def _load(self, name: str) -> Hook | None:
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=hook_key(name))
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:  # taken away since it was listed
                return None
            raise
        try:
            return read_hook(answer["Body"].read())
        except BadHook as error:
            raise BadHook(f"{name}: {error}") from error


def etags_of(s3: "S3Client", bucket: str) -> dict[str, str]:
    """The names of all hooks, with what changes when one of them does."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=HOOKS_PREFIX)
    objects = [item for page in pages for item in page.get("Contents", [])]
    names = {item["Key"].removeprefix(HOOKS_PREFIX).removesuffix(".json"): item for item in objects}
    return {
        name: item["ETag"]
        for name, item in names.items()
        if NAME.fullmatch(name) and item["Key"] == hook_key(name)
    }
