"""What a caller sends to have many pictures cut out as one: the bodies of the routes about batches."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from cutout.recipe import Recipe, Strict
from cutout.service.manifests import BatchItem, DescribedElsewhere
from job_requests import Callback

MOST_ITEMS = 1000


class BatchRequest(Strict):
    """The body of ``POST /v1/batches``: one of ``items``, ``manifest`` and ``prefix`` says which pictures."""

    model_config = ConfigDict(str_max_length=2000)

    items: (
        Annotated[
            tuple[BatchItem, ...], Field(min_length=1, max_length=MOST_ITEMS, description="The pictures")
        ]
        | None
    ) = None
    manifest: (
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=1024,
                description="The key of a list of up to 100,000 pictures, as `POST /v1/manifests` has answered it",
            ),
        ]
        | None
    ) = None
    prefix: (
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=1024,
                description="Every object of the source bucket whose key begins so and that is yours or granted",
            ),
        ]
        | None
    ) = None
    recipe: DescribedElsewhere = Field(Recipe(), description="For every picture that has none of its own")
    callback: Callback | None = None
    name: Annotated[str, Field(max_length=200, description="As you call it")] = ""

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        given = [field for field in ("items", "manifest", "prefix") if getattr(self, field) is not None]
        if len(given) != 1:
            said = " and ".join(given) or "none"
            raise ValueError(f"{said} is given; allowed: exactly one of items, manifest and prefix")
        return self


class ManifestRequest(Strict):
    """The body of ``POST /v1/manifests``."""

    format: Literal["jsonl", "csv"] = "jsonl"
