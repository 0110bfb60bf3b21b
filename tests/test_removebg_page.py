"""The page about remove.bg's dialect names all that there is."""

from pathlib import Path

import pytest

import removebg_errors
from removebg_errors import SAID, Said
from removebg_parameters import BY_TYPE, SIZES, Parameters
from removebg_shadows import SHADOWS, TYPES

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "removebg.md").read_text()
SINGLE = [said.code for said in vars(removebg_errors).values() if isinstance(said, Said)]
NOT_OF_CALLS = {"cancelled", "superseded", "invalid_parameters"}  # jobs, uploads and recipes have these


@pytest.mark.parametrize("name", sorted(set(Parameters.model_fields) - set(BY_TYPE.values())))
def test_the_page_has_every_parameter(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("word", [*SIZES, *TYPES, *SHADOWS])
def test_the_page_has_every_word(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("code", sorted({*SINGLE, *(said.code for said in SAID.values())} - NOT_OF_CALLS))
def test_the_page_has_every_code(code: str) -> None:
    assert f"`{code}`" in PAGE
