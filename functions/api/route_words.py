"""What the API's description says of one route."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Route:
    """What is said of one route. ``answers`` are its good ones: status -> words."""

    tag: str
    summary: str
    description: str = ""
    answers: dict[int, str]
    refuses: tuple[int, ...] = ()
    needs_key: bool = True
