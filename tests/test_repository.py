"""The rules of the house, as tests: who may import what, which versions are deployed, what the pages name."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin.__main__ import parser
from cutout.service.hooks import Hook
from cutout.service.prices import in_credits, price_list

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "layers" / "cutout"
FUNCTIONS = ("api", "batch", "compose", "ingest", "matte", "notify", "sweep")
SOURCES = sorted(path for folder in ("functions", "layers") for path in (ROOT / folder).rglob("*.py"))

# A heavy import stays where it belongs: name -> the only places that may have it.
ONLY_IN = {
    "boto3": ("functions/",),
    "botocore": ("functions/",),
    "os": ("functions/",),
    "onnxruntime": ("layers/cutout/cutout/network.py",),
    "PIL": (
        "layers/cutout/cutout/codec.py",
        "layers/cutout/cutout/picture_colour.py",
        "layers/cutout/cutout/picture_encoders.py",
        "layers/cutout/cutout/picture_facts.py",
        "layers/cutout/cutout/picture_file.py",
    ),
    "numpy": ("functions/matte/", "layers/cutout/cutout/"),
}
# Inside the package: folder -> what of the package it may import.
ARRAYS = {"cutout.codec", "cutout.errors", "cutout.light"}
MAY_IMPORT = {
    "compliance": ARRAYS
    | {
        "cutout.compliance",
        "cutout.picture_facts",
        "cutout.preset",
        "cutout.rendering.head",
        "cutout.rendering.subject",
        "cutout.rule_words",
    },
    "matting": ARRAYS | {"cutout.matting"},
    "presets": set(),
    "recipe": {"cutout.recipe", "cutout.errors", "cutout.file_options", "cutout.preset"},
    "rendering": ARRAYS | {"cutout.rendering"},
    "staging": ARRAYS
    | {
        "cutout.byte_limit",
        "cutout.compliance",
        "cutout.encode",
        "cutout.pipeline",
        "cutout.preset",
        "cutout.recipe",
        "cutout.rendering",
        "cutout.staging",
    },
    "service": {"cutout.service", "cutout.errors", "cutout.recipe"},
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_heavy_imports_stay_where_they_belong(path: Path) -> None:
    for name in imports(path):
        places = ONLY_IN.get(name.partition(".")[0], ("",))

        assert relative(path).startswith(places), f"{relative(path)} imports {name}"


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("cutout/*/*.py")), ids=relative)
def test_the_package_s_rooms_do_not_import_each_other(path: Path) -> None:
    allowed = MAY_IMPORT[path.parent.name]

    for name in imports(path):
        inside = name.startswith("cutout")
        assert not inside or any(name == a or name.startswith(f"{a}.") for a in allowed), (
            f"{relative(path)} imports {name}"
        )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_never_imports_another(function: str) -> None:
    others = set(FUNCTIONS) - {function}

    for path in (ROOT / "functions" / function).glob("*.py"):
        assert others.isdisjoint(imports(path))


def test_service_needs_no_arrays() -> None:
    for path in (PACKAGE / "cutout" / "service").glob("*.py"):
        assert "numpy" not in set(imports(path)), relative(path)


@pytest.mark.parametrize("function", ["api", "batch", "notify", "sweep"])
def test_the_light_functions_start_without_numpy(function: str) -> None:
    code = f"import sys, {function}; sys.exit('numpy' in sys.modules or 'PIL' in sys.modules)"
    path = f"{PACKAGE}:{ROOT / 'functions' / function}"

    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": path}, check=False)

    assert done.returncode == 0


def test_importing_the_package_imports_nothing() -> None:
    assert list(imports(PACKAGE / "cutout" / "__init__.py")) == []


# ------------------------------------------------------------------ pins and pages


def pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-zA-Z0-9-]+)(?:\[[^\]]*\])?==([^\s;#]+)", text, re.MULTILINE))


@pytest.mark.parametrize(
    "path",
    ["layers/cutout/requirements.txt", "layers/pixels/requirements.txt", "functions/matte/requirements.txt"],
)
def test_what_is_deployed_is_what_is_tested(path: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = pins("\n".join(project["dependencies"]))

    deployed = pins((ROOT / path).read_text())

    assert deployed
    assert deployed.items() <= wanted.items()


@pytest.mark.parametrize("lock", ["local", "dev", "bench"])
def test_the_lock_files_follow_the_pins(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = pins("\n".join(project["dependencies"] + project["optional-dependencies"]["local"]))

    locked = pins((ROOT / "requirements" / f"{lock}.lock").read_text())

    assert wanted.items() <= locked.items()


def test_the_pages_name_every_command_and_price() -> None:
    page = (ROOT / "docs" / "credits.md").read_text()
    others = "".join((ROOT / "docs" / f"{name}.md").read_text() for name in ("operations", "rules", "hooks"))
    [commands] = [a for a in parser()._actions if a.metavar == "command"]

    assert len(commands.choices) == 20
    for name in commands.choices:
        said = (f"`{name}" in page, f"make {name}" in others, f"--local {name} " in others)
        assert any(said), name
    for kind, price in price_list().prices.items():
        assert f"| {kind} | {in_credits(price)} |" in page


def test_the_page_about_hooks_names_every_word_field_and_example() -> None:
    page = (ROOT / "docs" / "hooks.md").read_text()
    [commands] = [a for a in parser()._actions if a.metavar == "command"]
    [words] = [a for a in commands.choices["hooks"]._actions if a.metavar == "what"]

    for name in words.choices:
        assert re.search(rf"\b{name}\b", page), name
    for field in Hook.model_fields:
        assert f"`{field}`" in page, field
    for example in (ROOT / "examples" / "hooks").glob("*.json"):
        assert example.stem in page.lower(), example


def test_the_readme_names_every_function() -> None:
    readme = (ROOT / "README.md").read_text()

    for function in FUNCTIONS:
        assert f"functions/{function}" in readme
