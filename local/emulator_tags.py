"""The emulator's objects lose their tags when they are replaced, as S3's do.

ministack 1.5.33 keeps the tags of the object that lay there before; in S3 a new object has those it was written with.
"""

import functools
from typing import Any

from ministack.services import s3


def forget_tags_of_the_replaced() -> None:
    """Let every object begin with its own tags only; to be called before the emulator starts."""
    put = s3._put_object

    @functools.wraps(put)
    def put_anew(bucket_name: str, key: str, body: bytes, headers: dict[str, str]) -> Any:
        answer = put(bucket_name, key, body, headers)
        if answer[0] == 200 and not headers.get("x-amz-tagging"):
            version = s3._buckets[bucket_name]["objects"][key].get("version_id")
            s3._object_tags.pop((bucket_name, key, version), None)
        return answer

    s3._put_object = put_anew
