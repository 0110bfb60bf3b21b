"""What the gallery shows, as data: recipes as a customer writes them, and the pictures that each is shown on."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from bench.gallery_sources import FLAT, PAGES, SCENES
from cutout.preset import load_preset, preset_names

Fields = dict[str, Any]
Where = Literal["edge", "ground", "nowhere"]

TABLE = {"kind": "image", "key": "table.jpg"}
WINDOW = {"kind": "image", "key": "window.jpg", "focal": "60% 40%"}
DUSK = {"kind": "image", "key": "dusk.jpg"}
PALE, SKY, LOUD = "#e9e4da", "#cfe3ff", "#ff00ff"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One recipe of one output, on some pictures."""

    recipe: Fields
    on: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """Looks that belong together. ``zoom`` is where they are enlarged; ``photographs``: also on a folder's."""

    title: str
    looks: tuple[Look, ...]
    zoom: Where
    photographs: bool = False


def sections() -> tuple[Section, ...]:
    """The whole gallery."""
    return (
        Section(
            title="Cutouts, by lane",
            looks=_looks(LANES, (*ALL_PICTURES,)),
            zoom="edge",
            photographs=True,
        ),
        Section(
            title="Backgrounds",
            looks=_looks(BACKGROUNDS, ("astronaut", "mug", "strands", "fur")),
            zoom="edge",
            photographs=True,
        ),
        Section(
            title="Shadows",
            looks=_looks(SHADOWS, ("mug", "chair", "bottle", "fur", "astronaut")),
            zoom="ground",
            photographs=True,
        ),
        Section(
            title="Light",
            looks=_looks(tuple(LIGHTS), ("astronaut", "mug", "strands")),
            zoom="edge",
            photographs=True,
        ),
        Section(
            title="Edges and outlines",
            looks=(*_looks(EDGES, ("astronaut", "mug", "strands")), *_looks(OUTLINES, STUCK)),
            zoom="edge",
        ),
        Section(title="Layouts", looks=_looks(LAYOUTS, ("astronaut", "mug", "head")), zoom="nowhere"),
        Section(
            title="Presets",
            looks=tuple(
                Look(recipe={"outputs": [{"preset": name}]}, on=_shown_for(name)) for name in preset_names()
            ),
            zoom="edge",
        ),
        Section(title="Files", looks=_looks(FILES, ("astronaut", "chair")), zoom="nowhere"),
    )


def _looks(outputs: tuple[Fields, ...], on: tuple[str, ...]) -> tuple[Look, ...]:
    """An output each; ``edge`` belongs to the recipe and is put there."""
    looks = []
    for fields in outputs:
        around = {name: value for name, value in fields.items() if name == "edge"}
        output = {name: value for name, value in fields.items() if name != "edge"}
        looks.append(Look(recipe={**around, "outputs": [output]}, on=on))
    return tuple(looks)


def _shown_for(name: str) -> tuple[str, ...]:
    preset = load_preset(name)
    if preset.family == "graphics":
        return (
            ("ink: plain", "ink: ruled")
            if preset.subject == "signature"
            else ("flat: badge", "flat: white on navy")
        )
    return {
        "marketplace": ("mug", "chair"),
        "social": ("astronaut", "fur"),
        "identity": ("astronaut", "head"),
    }[preset.family]


def _lights() -> Iterator[Fields]:
    for background in (WINDOW, DUSK):
        for wrap, tone in product((0, 0.5, 1), repeat=2):
            yield {"background": background, "light": {"wrap": wrap, "tone": tone}}


ALL_PICTURES = (
    *("astronaut", "astronaut, region", "mug", "mug, by the network", "chair", "bottle", *SCENES, "head"),
    *(f"ink: {name}" for name in PAGES),
    *(f"flat: {name}" for name in FLAT),
    *("given: keep", "given: intersect"),
)
STUCK = ("astronaut", "mug", "fur", "flat: badge")
LIGHTS = tuple(_lights())
LANES: tuple[Fields, ...] = (
    {"background": "white"},
    {"background": "black"},
    {"background": LOUD},
    {"channels": "alpha"},
)
BACKGROUNDS: tuple[Fields, ...] = (
    {"background": "transparent"},
    {"background": "white"},
    {"background": {"kind": "colour", "colour": "#0a7d5a"}},
    {
        "background": {
            "kind": "linear",
            "stops": [{"at": 0, "colour": "#fafafa"}, {"at": 1, "colour": "#5a6b8c"}],
        }
    },
    {
        "background": {
            "kind": "linear",
            "angle_degrees": 60,
            "stops": [
                {"at": 0, "colour": "#ff7a18"},
                {"at": 0.5, "colour": "#af002d"},
                {"at": 1, "colour": "#319197"},
            ],
        }
    },
    {
        "background": {
            "kind": "radial",
            "centre": "50% 40%",
            "radius": "90%",
            "stops": [{"at": 0, "colour": "#ffffff"}, {"at": 1, "colour": "#1b1b22"}],
        }
    },
    {"background": TABLE},
    {"background": {"kind": "image", "key": "window.jpg", "focal": "90% 10%"}},
    {"background": {"kind": "image", "key": "dusk.jpg", "fit": "fit", "colour": "#222222"}},
    {"background": {"kind": "image", "key": "tile.png", "fit": "tile"}},
    {"background": {"kind": "blur", "radius": "1%"}},
    {"background": "blur"},
    {"background": {"kind": "blur", "radius": "6%"}},
    {"background": "original"},
)
SHADOWS: tuple[Fields, ...] = (
    {"background": PALE, "shadow": "none"},
    {"background": PALE, "shadow": "keep"},
    {"background": SKY, "shadow": {"kind": "keep", "opacity": 0.5}},
    {"background": PALE, "shadow": "drop"},
    {
        "background": PALE,
        "shadow": {"kind": "drop", "opacity": 0.6, "softness": "1%", "offset": "6%", "light_degrees": 45},
    },
    {"background": PALE, "shadow": {"kind": "drop", "opacity": 0.5, "softness": "8%", "offset": "0%"}},
    {"background": PALE, "shadow": "contact"},
    {"background": PALE, "shadow": {"kind": "contact", "opacity": 0.9, "softness": "4%"}},
    {"background": TABLE, "shadow": "contact"},
    {"background": PALE, "shadow": "cast"},
    {"background": PALE, "shadow": {"kind": "cast", "light_degrees": 90, "height_degrees": 30}},
    {"background": PALE, "shadow": {"kind": "cast", "light_degrees": 20, "height_degrees": 65}},
    {"background": PALE, "shadow": {"kind": "cast", "light_degrees": 200, "softness": "6%", "opacity": 0.7}},
    {"background": TABLE, "shadow": "cast", "light": {"wrap": 0.5}},
    {"background": "transparent", "shadow": "contact"},
    {"background": "transparent", "shadow": "cast", "layout": {"crop": True}},
)
EDGES: tuple[Fields, ...] = tuple(
    {"background": LOUD, "edge": edge}
    for edge in (
        *({"shift_px": -3}, {"shift_px": -1}, {"shift_px": 1}, {"shift_px": 3}),
        *({"feather_px": 2}, {"feather_px": 12}, {"shift_px": -4, "feather_px": 6}),
    )
)
OUTLINES: tuple[Fields, ...] = (
    {"outline": {}, "background": "#0a7d5a"},
    {"outline": {"width": "14px", "colour": "#ffd400"}, "background": "#30343c", "shadow": "drop"},
    {"outline": {"width": "5%"}, "background": "transparent", "layout": {"crop": True}},
    {"outline": {"width": "1%", "colour": "#ff2d55"}, "background": "original"},
)
LAYOUTS: tuple[Fields, ...] = tuple(
    {"background": SKY, "layout": layout}
    for layout in (
        *({"crop": True}, {"crop": True, "margin": "8%"}, {"crop": True, "margin": "10px 40px 80px 120px"}),
        {"canvas": [640, 400]},
        {"crop": True, "canvas": [400, 640], "margin": "5%"},
        {"canvas": [640, 640], "fill": {"share": 0.9}},
        {"canvas": [640, 640], "fill": {"side": "height", "share": 0.5}, "position": "0% 100%"},
        {"canvas": [640, 640], "fill": {"share": 0.5}, "glue": False},
        {"canvas": [1600, 900], "fill": {"share": 0.9}, "enlarge": False},
        {"fill": {"side": "width", "share": 0.3}, "margin": "5%"},
    )
)
FILES: tuple[Fields, ...] = (
    {"format": "png"},
    {"format": "png", "alpha": "display"},
    {"format": "png", "channels": "alpha"},
    {"format": "webp"},
    {"format": "webp", "quality": 40},
    {"format": "avif"},
    {"format": "avif", "quality": 40},
    {"format": "jpeg", "dpi": 300, "icc": "srgb"},
    {"format": "jpeg", "quality": 40},
    {"format": "jpeg", "max_bytes": 20_000},
    {"format": "tiff"},
    {"format": "zip"},
)
