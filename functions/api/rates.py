"""How a caller stands to its limits, in the headers that remove.bg's clients read."""

from cutout.service.limiter import Allowance


def rate_headers(allowance: Allowance) -> dict[str, str]:
    """``X-RateLimit-*``, in pictures of one megapixel per minute; the reset is an instant, in seconds since 1970."""
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(allowance.reset_at),
    }
