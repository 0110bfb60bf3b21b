"""The gallery's page: a section after the other, a look a row. Its pictures are relative links."""

import html
import json
from pathlib import Path
from typing import Any

from bench.gallery_rooms import SIDE, Hung
from bench.gallery_sources import Shown

ZOOM = 3
STYLE = f"""body {{ font: 13px/1.4 system-ui, sans-serif; margin: 20px; background: #f4f4f2; color: #222 }}
nav a {{ margin-right: 14px }} h2 {{ margin: 40px 0 6px }} h3 {{ margin: 22px 0 4px; font: 12px monospace }}
section {{ display: flex; flex-wrap: wrap; gap: 10px }} div {{ background: #fff; padding: 6px }}
div {{ max-width: {2 * SIDE * ZOOM + 4}px }} figure {{ display: flex; flex-wrap: wrap; gap: 4px; margin: 0 }}
img {{ width: {SIDE * ZOOM}px; display: block;
background: repeating-conic-gradient(#c8c8c8 0 25%, #f0f0f0 0 50%) 0 0 / 16px 16px }}
img.zoom {{ image-rendering: pixelated }} small {{ display: block; color: #666 }} small.said {{ color: #a00 }}
.pass {{ color: #07723b }} .fail {{ color: #b3001b }} .unsure, .not {{ color: #9a6200 }}
ul {{ margin: 2px; padding-left: 18px }}"""
PREFACE = """In each cell the left column is ours and the right column what everybody tries first: the photograph's
own pixels under the network's enlarged matte, mixed as encoded, with a blurred copy of the silhouette as its shadow.
Below, a part of the output three times as large. A picture is a link to the file itself. Checks are transparency."""


def write_page(path: Path, rooms: list[tuple[str, str]]) -> None:
    """The page of these sections: titles, and what stands below each."""
    links = "".join(f'<a href="#{_id(title)}">{html.escape(title)}</a>' for title, _ in rooms)
    body = "".join(f'<h2 id="{_id(title)}">{html.escape(title)}</h2>{room}' for title, room in rooms)
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>Gallery</title><style>{STYLE}</style>"
    path.write_text(f"{head}<h1>Gallery</h1><p>{PREFACE}</p><nav>{links}</nav>{body}</html>")


def sources(pictures: list[tuple[Shown, Path]]) -> str:
    """The photographs themselves, and how each was cut out."""
    cells = (
        f'<div><b>{html.escape(shown.name)}</b><a href="{_href(file)}"><img loading=lazy src="{_href(file)}"></a>'
        f'<small style="width: {SIDE * ZOOM}px">{html.escape(shown.how)}</small></div>'
        for shown, file in pictures
    )
    return f"<section>{''.join(cells)}</section>"


def room(rows: list[tuple[str, dict[str, Hung]]]) -> str:
    """One section: the captions of its looks with what hangs there, by the pictures' names."""
    lines = []
    for caption, hung in rows:
        cells = "".join(f"<div><b>{html.escape(name)}</b>{_cell(made)}</div>" for name, made in hung.items())
        lines.append(f'<h3 class="recipe">{html.escape(caption)}</h3><section>{cells}</section>')
    return "".join(lines)


def _cell(hung: Hung) -> str:
    images = []
    order = (0, 2, 1, 3) if len(hung.files) == 4 else range(len(hung.files))
    for i in order:
        kind = " class=zoom" if "-zoom" in hung.files[i].name else ""
        images.append(
            f'<a href="{_href(hung.files[i])}"><img{kind} loading=lazy src="{_href(hung.files[i])}"></a>'
        )
    link = f'<a href="{_href(hung.link)}">{html.escape(hung.link.suffix[1:])}</a> ' if hung.link else ""
    label = "<small>" if hung.link else '<small class="said">'
    return f"<figure>{''.join(images)}</figure>{label}{link}{html.escape(hung.note)}</small>{_checks(hung.checks)}"


def _checks(report: dict[str, Any] | None) -> str:
    if report is None:
        return ""
    items = "".join(
        f'<li class="{finding["status"].split()[0]}">{html.escape(_finding(finding))}'
        for finding in report["findings"]
        if finding["status"] != "pass"
    )
    verdict = report["verdict"]
    return f'<b class="{verdict}">{verdict}: {len(report["findings"])} rules</b><ul>{items}</ul>'


def _finding(finding: dict[str, Any]) -> str:
    words = f"{finding['status']} ({finding['level']}) {finding['rule']}: {json.dumps(finding['measured'])}"
    if finding["plus_minus"]:
        words += f" ± {finding['plus_minus']:.3g}"
    return f"{words}, allowed {finding['limit']}" + (f"; {finding['why']}" if finding["why"] else "")


def _href(path: Path) -> str:
    return html.escape(path.as_posix(), quote=True)


def _id(title: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in title.lower())
