"""Recipes asked for by the names of presets: on a command line, in an object's metadata or tags, by a folder."""

import re
from typing import Any

from cutout.errors import BadRecipe
from cutout.preset import load_preset, preset_names
from cutout.recipe.recipe import Recipe, recipe_from

BETWEEN = re.compile(r"[,\s]+")  # S3's tags may hold spaces and no commas


def outputs_named(text: str, field: str) -> list[dict[str, Any]]:
    """One output for every preset named in ``text``, with commas or spaces between.

    ``field`` is where the text stands, for the message.

    Raises
    ------
    BadRecipe
        There is no name, or one that is no preset's.
    """
    names = [name for name in BETWEEN.split(text) if name]
    if not names:
        raise BadRecipe(f"{field} is empty; allowed: {', '.join(preset_names())}.")
    for name in names:
        if name not in preset_names():
            raise BadRecipe(f"{field} names {name[:40]!r}; allowed: {', '.join(preset_names())}.")
    return [{"preset": name} for name in names]


def recipe_named(text: str, field: str) -> Recipe:
    """The recipe of one output for every preset that is named; raises BadRecipe as ``outputs_named`` does."""
    return recipe_from({"outputs": outputs_named(text, field)})


def recipe_of_folder(key: str) -> Recipe | None:
    """The recipe of the preset that a key's first folder is called after; None if it is called otherwise."""
    folder, slash, _ = key.partition("/")
    if not slash or folder not in preset_names():
        return None
    return recipe_named(load_preset(folder).name, "folder")
