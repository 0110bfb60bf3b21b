"""The one way in: a delivered file and a preset become a report."""

from cutout.codec import Limits, Photo, decode
from cutout.compliance.delivered import Delivered
from cutout.compliance.ground import evenness, ground_of, whiteness
from cutout.compliance.head_place import head_place
from cutout.compliance.judge import ComplianceReport, find, report_on
from cutout.compliance.measured import Figure, Measured, NotMeasured
from cutout.compliance.place import in_circle, place
from cutout.picture_facts import FileFacts, read_facts
from cutout.preset import Preset
from cutout.rule_words import Measure

WHITENESS: frozenset[Measure] = frozenset({"white_background", "white_apart", "white_border"})
EVENNESS: frozenset[Measure] = frozenset({"background_lightness", "background_chroma", "background_evenness"})
_ARCHIVE = b"PK\x03\x04"
_IN_ARCHIVE = NotMeasured(why="the file is an archive, not a picture")
_HAS_ALPHA = {"rgba", "grey-alpha", "palette"}


def inspect(delivered: Delivered, preset: Preset) -> ComplianceReport:
    """Measure the file as it was delivered and judge it by the preset's rules; only what is asked for is measured.

    The file's bytes are decoded again, so that what is reported is what the customer has. Raises ValueError when the
    file has another size than the laid-out matte: that is our fault, as is a file that cannot be decoded.
    """
    figures = figures_of(delivered, preset)
    findings = tuple(
        find(rule, figures[rule.measure], delivered.fixes.get(rule.measure)) for rule in preset.rules
    )
    return report_on(preset, findings)


def figures_of(delivered: Delivered, preset: Preset) -> dict[Measure, Figure]:
    """At least one figure for every rule of the preset."""
    wanted = {rule.measure for rule in preset.rules}
    if delivered.body.startswith(_ARCHIVE):
        return _of_archive(delivered, wanted)
    limits = Limits(max_bytes=len(delivered.body), max_pixels=2**31)  # our own file
    facts = read_facts(delivered.body, limits)
    if (facts.height, facts.width) != delivered.alpha8.shape:
        raise ValueError(f"the file is {facts.height, facts.width}, its matte {delivered.alpha8.shape}")
    figures = {**_of_file(delivered, facts), **place(delivered)}
    if "in_circle" in wanted:
        figures |= in_circle(delivered.alpha8)
    if needs_pixels(wanted, facts) or preset.head:
        figures |= _of_pixels(delivered, preset, decode(delivered.body, limits), wanted)
    return figures


def _of_archive(delivered: Delivered, wanted: set[Measure]) -> dict[Measure, Figure]:
    found: dict[Measure, Figure] = dict.fromkeys(wanted, _IN_ARCHIVE)
    return (
        found
        | place(delivered)
        | {
            "format": Measured(value="zip"),
            "bytes": Measured(value=len(delivered.body)),
        }
    )


def needs_pixels(wanted: set[Measure], facts: FileFacts) -> bool:
    """Decoding is most of the work, and rules on the file alone need none."""
    return bool(wanted & (WHITENESS | EVENNESS)) or ("opaque" in wanted and facts.mode in _HAS_ALPHA)


def _of_file(delivered: Delivered, facts: FileFacts) -> dict[Measure, Figure]:
    height, width, size = facts.height, facts.width, len(delivered.body)
    values: dict[Measure, float | bool | str] = {
        "format": facts.format,
        "bytes": size,
        "width": width,
        "height": height,
        "longest_side": max(height, width),
        "shortest_side": min(height, width),
        "megapixels": round(height * width / 1e6, 4),
        "aspect": round(width / height, 5),
        "compression": round(height * width * 3 / size, 2),
        "mode": facts.mode,
        "bits": facts.bits,
        "colour_space": facts.colour_space,
        "dpi": facts.dpi,
        "opaque": facts.mode not in _HAS_ALPHA,
    }
    return {name: Measured(value=value) for name, value in values.items()}


def _of_pixels(
    delivered: Delivered, preset: Preset, photo: Photo, wanted: set[Measure]
) -> dict[Measure, Figure]:
    figures: dict[Measure, Figure] = {"opaque": Measured(value=photo.alpha8 is None)}
    if wanted & (WHITENESS | EVENNESS):
        ground = ground_of(photo.rgb8, photo.alpha8, delivered.alpha8)
        figures |= whiteness(ground) if wanted & WHITENESS else {}
        figures |= evenness(ground) if wanted & EVENNESS else {}
    if preset.head:
        figures |= head_place(photo.rgb8, delivered.alpha8, preset.head)
    return figures
