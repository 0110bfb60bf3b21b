"""remove.bg's shadows -> ours. Which one is meant may depend on the foreground's type.

Nothing here classifies pictures: the type is the one that the request names, else ``other``.
"""

from collections.abc import Mapping
from typing import Any

TYPES = ("car", "product", "person", "animal", "transportation", "graphic", "other")
SHADOWS = ("none", "auto", "car", "3D", "drop", "natural")

AUTO = {
    "car": "car",
    "product": "drop",
    "person": "3D",
    "animal": "drop",
    "transportation": "3D",
    "graphic": "drop",
    "other": "drop",
}
OPACITY = dict.fromkeys(TYPES, 0.5) | {"car": 0.9}
"""what ``shadow_opacity`` is left out or ``auto``"""

# A car's shadow is what lies dark beneath it; 3D is thrown onto the ground; drop is of something before a wall.
# ``natural`` is sent by some clients and in no description: where the subject touches the ground.
KINDS = {"car": "contact", "natural": "contact", "3D": "cast", "drop": "drop"}


def of_type(plain: str | None, by_type: Mapping[str, str], type_: str) -> str | None:
    """Of a value and values for types, the one that counts; None where nothing is said."""
    return by_type.get(type_) if by_type else plain


def shadow(kind: str, opacity: float | None, type_: str) -> dict[str, Any] | None:
    """The recipe's shadow for one of ``SHADOWS``, 0 to 1 opaque; None for none."""
    meant = AUTO[type_] if kind == "auto" else kind
    if meant == "none":
        return None
    return {"kind": KINDS[meant], "opacity": OPACITY[type_] if opacity is None else opacity}
