"""Lengths of a recipe on a canvas."""

from cutout.recipe.base import length
from cutout.rendering.subject import Subject


def on_canvas(text: str, subject: Subject, scale: float) -> float:
    """In pixels of a canvas on which the photograph is ``scale`` times as large; % are of the subject's longer side."""
    value, unit = length(text)
    return value if unit == "px" else value / 100 * scale * max(subject.box.height, subject.box.width)
