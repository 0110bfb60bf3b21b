"""The catalog: which networks there are, their licence, how their input is scaled, where their files are.

``catalog.json`` is data, checked here when it is read: an unknown field, a missing checksum or an impossible
value is refused with its place in the document.
"""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

HERE = Path(__file__).parent
CATALOG = HERE / "catalog.json"
FETCHED = HERE / "fetched"
PREPARED = HERE / "prepared"

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Triple = tuple[float, float, float]
Positive = Annotated[float, Field(gt=0)]


class BadCatalog(ValueError):
    """The catalog cannot be understood, or has no such model."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class UrlSource(_Record):
    """One file behind one address."""

    kind: Literal["url"]
    url: Annotated[str, Field(pattern="^https?://")]
    bytes: Annotated[int, Field(gt=0)]
    sha256: Sha256

    @property
    def origin(self) -> str:
        """What a person calls this source."""
        return self.url


class NpmSource(_Record):
    """A file that an npm package carries in chunks; its file ``index`` lists them under ``resource``."""

    kind: Literal["npm"]
    package: str
    version: str
    package_bytes: Annotated[int, Field(gt=0)]
    index: str
    resource: str
    bytes: Annotated[int, Field(gt=0)]
    sha256: Sha256
    note: str

    @property
    def origin(self) -> str:
        """What a person calls this source."""
        return f"npm:{self.package}@{self.version}{self.resource}"


Source = Annotated[UrlSource | NpmSource, Field(discriminator="kind")]


class Model(_Record):
    """One network.

    The network reads ``(rgb - mean) / std``, rgb in [0, 1]; both are per channel (R, G, B). ``output`` is the
    number of the output to keep, ``output_is`` what it holds: opacity in [0, 1], or logits. All ``sources``
    give the same network; they are tried in this order.
    """

    id: Annotated[str, Field(pattern="^[a-z0-9-]+$")]
    title: str
    licence: str
    commercial_use: bool
    upstream: str
    note: str
    input_size: Annotated[int, Field(gt=0)]
    mean: Triple
    std: tuple[Positive, Positive, Positive]
    output: Annotated[int, Field(ge=0)]
    output_is: Literal["opacity", "logits"]
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]

    def source_of(self, sha256: str) -> Source | None:
        """The source whose file has this checksum, or None."""
        return next((source for source in self.sources if source.sha256 == sha256), None)


class Catalog(_Record):
    """The whole document; ``default`` is the id of the model that is used when nothing else is said."""

    format: Literal[1]
    default: str
    models: tuple[Model, ...]

    @model_validator(mode="after")
    def _ids_are_unique_and_the_default_exists(self) -> "Catalog":
        ids = [model.id for model in self.models]
        if len(set(ids)) < len(ids):
            raise ValueError(f"two models have the same id: {ids}")
        if self.default not in ids:
            raise ValueError(f"the default {self.default!r} is not among the models {ids}")
        return self

    def model(self, model_id: str | None) -> Model:
        """The model with this id; None means the default. Raises BadCatalog for an unknown id."""
        wanted = self.default if model_id is None else model_id
        for model in self.models:
            if model.id == wanted:
                return model
        known = ", ".join(model.id for model in self.models)
        raise BadCatalog(f"There is no model {wanted!r}; the catalog has {known}.")


def read_catalog(path: Path = CATALOG) -> Catalog:
    """Read and check the catalog. Raises BadCatalog for a broken rule, OSError for an unreadable file."""
    try:
        return Catalog.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise BadCatalog(f"{path}: {error}") from error


def sha256_of(path: Path) -> str:
    """The checksum of a file, as the catalog writes it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetched_file(model_id: str, folder: Path = FETCHED) -> Path:
    """Where the fetched file of a model lies, whichever source it came from."""
    return folder / f"{model_id}.onnx"
