"""Whether a recipe's background pictures may be used, before anything is queued."""

from cutout.recipe import Recipe
from cutout.service import fetch, intake


def check_backgrounds(recipe: Recipe, owner: str, exceptions: frozenset[str]) -> None:
    """Judge them by their keys and addresses alone.

    Raises
    ------
    BadBackground, BadUrl
        One is not the owner's to use, or lies at an address that would not be fetched.
    """
    intake.background_keys(recipe, owner)
    for url in intake.background_urls(recipe):
        fetch.check_url(url, field="background.url", exceptions=exceptions)
