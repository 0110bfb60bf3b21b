"""The rules where they lie, read again when they have changed."""

import time
from typing import TYPE_CHECKING, Any

from cutout.service.keys import RULES_KEY
from cutout.service.rules import Rules, parse_rules

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

ABSENT = Rules()


class RulesFile:
    """The document of rules in the work bucket. A reading counts for ``age_seconds``; then S3 is asked for a change.

    Without a document there are no rules but the built-in one.
    """

    def __init__(self, s3: "S3Client", bucket: str, age_seconds: float) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._age_seconds = age_seconds
        self._good_until = 0.0
        self._etag = ""
        self._rules = ABSENT

    def current(self) -> Rules:
        """The rules as they are now, or were at most that long ago.

        Raises
        ------
        RulesBroken
            There is a document, and it is none of rules. It is read again the next time.
        """
        now = time.monotonic()
        if now >= self._good_until:
            self._read()
            self._good_until = now + self._age_seconds
        return self._rules

    def _read(self) -> None:
        unchanged: dict[str, Any] = {"IfNoneMatch": self._etag} if self._etag else {}
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=RULES_KEY, **unchanged)
        except self._s3.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "NoSuchKey":
                self._rules, self._etag = ABSENT, ""
            elif code not in {"304", "NotModified"}:
                raise
            return
        self._rules, self._etag = parse_rules(answer["Body"].read()), answer["ETag"]
