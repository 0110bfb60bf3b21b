"""`make presets`: what presets there are, and what each of them wants and checks."""

import argparse

from cutout.compliance.judge import limit_in_words
from cutout.preset import Preset, load_preset, preset_names


def table() -> str:
    """One line a preset."""
    lines = [f"{'preset':<18}{'family':<13}{'file':<7}{'canvas':<13}{'rules':>5}  {'checked':<12}title"]
    for name in preset_names():
        preset = load_preset(name)
        width, height = preset.output["layout"].get("canvas", ("as", "cropped"))
        size = f"{width} x {height}" if isinstance(width, int) else "as cropped"
        lines.append(
            f"{name:<18}{preset.family:<13}{preset.output['format']:<7}{size:<13}{len(preset.rules):>5}  "
            f"{preset.checked:<12}{preset.title}"
        )
    return "\n".join(lines)


def details(preset: Preset) -> str:
    """All rules of one preset, with the definitions of what is measured."""
    lines = [f"{preset.name}, version {preset.version}: {preset.title}", *preset.source, ""]
    for rule in preset.rules:
        lines += [f"{rule.level:<12}{rule.measure}: {limit_in_words(rule)}", f"{'':<12}{rule.meaning}"]
        lines += [f"{'':<12}({rule.note})"] if rule.note else []
    lines += ["", *(f"by eye: {line}" for line in preset.by_eye), *preset.notes]
    return "\n".join(lines)


def main() -> None:
    """Print the table, or one preset's rules."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset", nargs="?", choices=preset_names())
    name = parser.parse_args().preset
    print(details(load_preset(name)) if name else table())


if __name__ == "__main__":
    main()
