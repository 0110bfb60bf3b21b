"""What to produce: the Recipe that a customer sends, checked before any work is queued."""

from cutout.recipe.backgrounds import (
    Background,
    Blur,
    Gradient,
    Image,
    Linear,
    Original,
    Plain,
    Radial,
    Transparent,
)
from cutout.recipe.base import Strict, explain, explain_faults
from cutout.recipe.layout import Edge, Layout, Roi
from cutout.recipe.looks import Cast, Contact, Drop, Keep, Light, Outline, Shadow
from cutout.recipe.named import outputs_named, recipe_named, recipe_of_folder
from cutout.recipe.output import Output
from cutout.recipe.recipe import InputAlpha, Interiors, Recipe, Subject, parse_recipe, recipe_from

__all__ = [
    "Background",
    "Blur",
    "Cast",
    "Contact",
    "Drop",
    "Edge",
    "Gradient",
    "Image",
    "InputAlpha",
    "Interiors",
    "Keep",
    "Layout",
    "Light",
    "Linear",
    "Original",
    "Outline",
    "Output",
    "Plain",
    "Radial",
    "Recipe",
    "Roi",
    "Shadow",
    "Strict",
    "Subject",
    "Transparent",
    "explain",
    "explain_faults",
    "outputs_named",
    "parse_recipe",
    "recipe_from",
    "recipe_named",
    "recipe_of_folder",
]
