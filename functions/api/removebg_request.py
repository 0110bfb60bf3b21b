"""A call of remove.bg's API, checked: one picture, at most one background, every parameter in its exact syntax."""

import hashlib
import json
import re
from base64 import b64decode
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import imagesize

from cutout.service.prices import PREVIEW_PIXELS
from removebg_errors import MANY_BACKGROUNDS, MANY_IMAGES, NO_IMAGE, WRONG_URL, refused, wrong
from removebg_form import BASE64_FIELD, Form, read_form
from removebg_parameters import Parameters, check_region, read_parameters

IMAGES = ("image_file", BASE64_FIELD, "image_url")
BACKGROUNDS = ("bg_color", "bg_image_url", "bg_image_file")
MOST_URL = 2000

Price = Literal["preview", "picture"]

_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_URL = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A picture that came with the call, or the place on the web where it is."""

    content: bytes = b""
    url: str = ""

    @property
    def identity(self) -> list[str]:
        """What tells it from any other picture."""
        return [self.url, hashlib.sha256(self.content).hexdigest()]


@dataclass(frozen=True, kw_only=True, eq=False)
class RemovebgRequest:
    """One call."""

    picture: Picture
    background: Picture | None
    parameters: Parameters

    @property
    def identity(self) -> str:
        """Equal for calls that ask for the same, however it was written: each sending of a form has a new boundary."""
        behind = None if self.background is None else self.background.identity
        said = [self.parameters.model_dump(mode="json"), self.picture.identity, behind]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def kind(self) -> Price:
        """What the call costs."""
        return "preview" if self.parameters.size == "preview" else "picture"

    @property
    def notes(self) -> tuple[str, ...]:
        """What was given and changes nothing, as remove.bg's own description says."""
        asked, found = self.parameters, []
        if asked.crop_margin is not None and not asked.crop:
            found.append("crop_margin has an effect with crop=true only")
        if asked.position is not None and asked.crop:
            found.append("position has no effect with crop=true")
        if asked.shadow_method is not None:
            found.append("shadow_method no longer has an effect")
        if asked.add_shadow and (asked.shadow_type or asked.shadow_types):
            found.append("add_shadow has no effect beside shadow_type")
        elif asked.add_shadow and asked.type != "car":
            found.append("add_shadow has an effect with type=car only")
        return tuple(found)


def read_request(content_type: str | None, body: bytes) -> RemovebgRequest:
    """The call of ``POST /v1.0/removebg``; raises Refused, naming the parameter, its value and what is allowed."""
    form = read_form(content_type, body)
    picture = read_picture(form)
    background = _background(form)
    images = {*IMAGES, "bg_image_url", "bg_image_file"}
    asked = read_parameters({name: value for name, value in form.fields.items() if name not in images})
    _check_together(asked, background)
    asked = _fitted(asked, picture)
    return RemovebgRequest(picture=picture, background=background, parameters=asked)


def read_picture(form: Form) -> Picture:
    """The one picture of a form; raises Refused for none or several, or one that cannot be taken."""
    given = [name for name in IMAGES if name in form.files or name in form.fields]
    if not given:
        raise refused(
            NO_IMAGE,
            "Please provide the source image in the image_url, image_file or image_file_b64 parameter.",
        )
    if len(given) > 1:
        raise refused(MANY_IMAGES, f"Given are {' and '.join(given)}; allowed: one of them.")
    match given[0]:
        case "image_file":
            return Picture(content=_file(form, "image_file"))
        case "image_url":
            return Picture(url=_url(form, "image_url"))
        case _:
            return Picture(content=_from_base64(form.fields[BASE64_FIELD]))


def _background(form: Form) -> Picture | None:
    given = [name for name in BACKGROUNDS if name in form.files or name in form.fields]
    if len(given) > 1:
        raise refused(MANY_BACKGROUNDS, f"Given are {' and '.join(given)}; allowed: one of them.")
    if given == ["bg_image_file"]:
        return Picture(content=_file(form, "bg_image_file"))
    return Picture(url=_url(form, "bg_image_url")) if given == ["bg_image_url"] else None


def _fitted(asked: Parameters, picture: Picture) -> Parameters:
    """What depends on the picture's size, as far as its header says it: the region, and what ``auto`` comes to.

    ``auto`` for a small picture is a preview in every respect: whatever else its file holds, no more comes out.
    """
    width, height = imagesize.get(BytesIO(picture.content))
    if width <= 0 or height <= 0:
        return asked
    check_region(asked, int(width), int(height))
    if asked.size == "auto" and width * height <= PREVIEW_PIXELS:
        return asked.model_copy(update={"size": "preview"})
    return asked


def _file(form: Form, name: str) -> bytes:
    if name in form.fields:
        other = f"{BASE64_FIELD} or image_url" if name == "image_file" else "bg_image_url"
        raise wrong(name, f"{name} is text; allowed: a file in multipart/form-data, or instead {other}.")
    return form.files[name]


def _url(form: Form, name: str) -> str:
    url = form.fields[name]
    if len(url) > MOST_URL or not _URL.fullmatch(url):
        raise refused(
            WRONG_URL[name],
            f"{name} is {url[:100]!r}; allowed: an address with https://, at most {MOST_URL:,} characters.",
        )
    return url


def _from_base64(text: str) -> bytes:
    """With or without ``data:...;base64,``, in lines or not, in the usual alphabet or the one for addresses."""
    plain = "".join(_DATA_URL.sub("", text, count=1).split()).replace("-", "+").replace("_", "/")
    if not _BASE64.fullmatch(plain) or len(plain.rstrip("=")) % 4 == 1:
        raise wrong(
            BASE64_FIELD,
            f"{BASE64_FIELD} begins with {text[:30]!r} and is not base64; allowed: a file's bytes in base64.",
        )
    plain = plain.rstrip("=")
    return b64decode(plain + "=" * (-len(plain) % 4))


def _check_together(asked: Parameters, background: Picture | None) -> None:
    if asked.shadow_type is not None and asked.shadow_types:
        raise wrong(
            "shadow_type", "shadow_type is given for all types and for some; allowed: one of the two."
        )
    if asked.channels == "alpha" and (background is not None or asked.bg_color is not None):
        raise wrong(
            "channels", "channels is 'alpha', the opacity alone, which takes no background; allowed: 'rgba'."
        )
