"""What a caller sees of the service itself: its health, its presets, its models."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from cutout.preset import Preset


class View(BaseModel):
    """The base: fixed once made."""

    model_config = ConfigDict(frozen=True)


class Health(View):
    """That the API answers, and which version."""

    status: str = Field(examples=["ok"])
    version: str


class Presets(View):
    """What can be made by name."""

    presets: tuple[Preset, ...]


class ModelView(View):
    """A network that is deployed."""

    id: str = Field(examples=["isnet-general-use"])
    title: str
    licence: str
    commercial_use: bool
    upstream: str = Field(description="Where it comes from")
    input_size: int = Field(description="The side of what it reads, in pixels")


class Models(View):
    """The networks that are deployed."""

    models: tuple[ModelView, ...]


def deployed_models() -> Models:
    """What the file beside this one lists; a test keeps it equal to the catalog."""
    body = Path(__file__).with_name("deployed_models.json").read_bytes()
    return Models(models=TypeAdapter(tuple[ModelView, ...]).validate_json(body))
