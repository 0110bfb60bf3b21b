"""What the customers of a run want: drawn from the seed, so that two runs have the same orders."""

import random
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from bench.load_calls import picture
from chaos.poison import POISONS

Kind = Literal["bucket", "overwritten", "form", "inline", "url", "hook", "batch"]

KINDS: tuple[tuple[Kind, int], ...] = (
    ("bucket", 45),
    ("overwritten", 10),
    ("form", 10),
    ("inline", 10),
    ("url", 10),
    ("hook", 8),
    ("batch", 7),
)
"""out of a hundred orders"""

MOODS = ("honest", "honest", "slow", "failing", "cut", "redirecting", "")
"""how the receiver of an order's webhooks behaves at first; empty: nobody wants to be told of it alone"""
ON_THE_WEB = {"url", "hook", "batch"}
"""orders that name an address of their picture"""

POISON_SHARE = 0.02
MOST_VERSIONS = 3  # of an overwritten picture
MOST_ORDERS = 10_000  # of a run
TWO_OUTPUTS: dict[str, Any] = {
    "outputs": [{"format": "png"}, {"name": "white", "format": "jpeg", "background": "#ffffff"}]
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """One picture that somebody wants cut out; an overwritten one has several versions, one after another."""

    number: int
    kind: Kind
    versions: tuple[bytes, ...]
    recipe: dict[str, Any]
    mood: str
    poison: str = ""
    """what is wrong with the picture; empty: nothing"""

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"{self.number:05}.png"

    @property
    def key(self) -> str:
        """Where it lies in the source bucket, if it is put there."""
        return f"chaos/{self.name}"

    @property
    def comes_through_the_bucket(self) -> bool:
        """Whether its upload is the order, and no call."""
        return self.kind in {"bucket", "overwritten"}

    def versions_apart(self) -> list[Self]:
        """An order of its own for each version, of somebody whose receiver accepts everything at once."""
        kind: Kind = "bucket" if self.kind == "overwritten" else self.kind
        return [
            replace(
                self,
                number=self.number + version * MOST_ORDERS,
                kind=kind,
                versions=(body,),
                mood=self.mood and "honest",
            )
            for version, body in enumerate(self.versions)
        ]


def place_of(number: int) -> tuple[int, int]:
    """The order and the version that an order of its own stands for."""
    version, of_order = divmod(number, MOST_ORDERS)
    return of_order, version


def draw(seed: int, count: int) -> list[Order]:
    """The orders of a run, at most ``MOST_ORDERS``: the first are one of each kind, and at least one is poisoned."""
    dice = random.Random(seed)  # noqa: S311 a draw, no secret
    names = [kind for kind, share in KINDS for _ in range(share)]
    poisoned = set(dice.sample(range(count), max(1, round(count * POISON_SHARE))))
    kinds = [*(kind for kind, _ in KINDS), *(dice.choice(names) for _ in range(count))][:count]
    return [_order(number, dice, kind, number in poisoned) for number, kind in enumerate(kinds)]


def _order(number: int, dice: random.Random, kind: Kind, is_poisoned: bool) -> Order:
    recipe = TWO_OUTPUTS if dice.random() < 0.3 else {}
    mood = dice.choice(MOODS) if kind not in {"hook", "batch"} else ""  # they have one address for all
    if is_poisoned:
        poison = dice.choice(sorted(POISONS))
        # a call with an empty picture is refused before there is a job: such a one comes through the bucket
        poisoned_kind: Kind = "bucket" if kind in {"overwritten", "inline", "form"} else kind
        return Order(
            number=number,
            kind=poisoned_kind,
            versions=(POISONS[poison](number),),
            recipe=recipe,
            mood=mood,
            poison=poison,
        )
    count = dice.randint(2, MOST_VERSIONS) if kind == "overwritten" else 1
    versions = tuple(picture(number * 10 + version) for version in range(count))
    return Order(number=number, kind=kind, versions=versions, recipe=recipe, mood=mood)
