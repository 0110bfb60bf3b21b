"""What can be wrong with a customer's upload or request, in words for the customer.

A ``CustomerError`` is an answer: the job ends as ``failed`` with this text and nothing is retried. Every other
exception is our own fault: it is raised, retried, ends in a dead-letter queue and rings an alarm.
"""

from typing import ClassVar


class CustomerError(Exception):
    """The base of everything that is answered, not retried. The message is shown to the customer."""

    code: ClassVar[str] = "refused"


class EmptyFile(CustomerError):
    """The upload has no bytes."""

    code = "empty_file"


class TooManyBytes(CustomerError):
    """The upload is larger than the limit."""

    code = "too_many_bytes"


class TooManyPixels(CustomerError):
    """The header announces more pixels than the limit."""

    code = "too_many_pixels"


class NotAnImage(CustomerError):
    """The file is no picture in a format we read."""

    code = "not_an_image"


class DamagedImage(CustomerError):
    """The header is fine, the pixels are not: a truncated or corrupt file."""

    code = "damaged_image"


class UnsupportedImage(CustomerError):
    """A picture whose kind of pixels has no defined meaning as a photograph (32-bit float, say)."""

    code = "unsupported_image"


class BadRecipe(CustomerError):
    """A recipe with an unknown field or an impossible value."""

    code = "bad_recipe"


class BadBackground(CustomerError):
    """A background picture that is missing, too large, unreadable, or somebody else's."""

    code = "bad_background"


class NoSubject(CustomerError):
    """Nothing was found that stands out from its background."""

    code = "unknown_foreground"


class UnknownPreset(CustomerError):
    """A preset that there is not."""

    code = "unknown_preset"


class BadCallback(CustomerError):
    """A webhook address that we do not deliver to."""

    code = "bad_callback"


class BadUrl(CustomerError):
    """A picture's URL that we do not fetch from, or that leads to something else."""

    code = "invalid_image_url"


class FetchFailed(CustomerError):
    """The server of a picture's URL gave no picture: not found, not reached, or not in time."""

    code = "image_url_unreachable"


class BadMatte(CustomerError):
    """A corrected matte that is no matte, or not of its picture's shape."""

    code = "bad_matte"


class Cancelled(CustomerError):
    """The owner has cancelled the job."""

    code = "cancelled"


class SourceGone(CustomerError):
    """The uploaded object was deleted or replaced before it was read."""

    code = "source_gone"


class SourceUnreadable(CustomerError):
    """The uploaded object is archived, or encrypted with a key that we do not have."""

    code = "source_unreadable"


class Superseded(CustomerError):
    """A newer version of the same object has already been answered."""

    code = "superseded"


class OutOfTime(CustomerError):
    """The job was not finished before its deadline."""

    code = "out_of_time"


class SizeOutOfReach(CustomerError):
    """No quality of the format gives a file within the byte limits of the recipe."""

    code = "size_out_of_reach"


class NotAffordable(CustomerError):
    """The base of what an account cannot pay for (HTTP 402): nothing is held, nothing is charged."""


class NoCredits(NotAffordable):
    """A prepaid account's balance does not cover the price."""

    code = "insufficient_credits"


class CapReached(NotAffordable):
    """The price does not fit below the account's monthly cap."""

    code = "monthly_cap_reached"
