"""A multipart body -> its parts. The parser is python-multipart's; it says what it finds, and we keep it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

PLAIN_ENCODINGS = {"", "binary", "8bit", "7bit"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """One field or file."""

    name: str
    file_name: str
    """empty: none was given"""
    content: bytes


class BrokenForm(ValueError):
    """A body that is no form; says why."""


def parts_of(boundary: bytes | None, body: bytes, most: int) -> list[Part]:
    """The parts of a whole body.

    Raises
    ------
    BrokenForm
        No boundary, a body that is no multipart or ends early, more than ``most`` parts, or a part without a name or
        in an encoding of its own.
    """
    if not boundary:
        raise _broken("the Content-Type names no boundary")
    found = _Found(most=most)
    try:
        parser = MultipartParser(boundary, found.callbacks())
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise _broken(str(error).rstrip(".")) from error
    if not found.ended:
        raise _broken("it ends before its closing boundary")
    return found.parts


@dataclass(kw_only=True, eq=False)
class _Found:
    """What the parser has said so far."""

    most: int
    parts: list[Part] = field(default_factory=list)
    ended: bool = False
    headers: dict[str, bytes] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)
    name: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)

    def callbacks(self) -> "MultipartCallbacks":
        """By the parser's names for what it finds."""
        return {
            "on_part_begin": self.begin,
            "on_header_field": lambda data, start, end: self.name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self.value.extend(data[start:end]),
            "on_header_end": self.keep_header,
            "on_part_data": lambda data, start, end: self.content.extend(data[start:end]),
            "on_part_end": self.keep_part,
            "on_end": self.end,
        }

    def begin(self) -> None:
        """A new part."""
        if len(self.parts) == self.most:
            raise _broken(f"it has more than {self.most} parts")
        self.headers, self.content = {}, bytearray()

    def keep_header(self) -> None:
        """A header of the part is complete."""
        self.headers[self.name.decode("latin-1").lower()] = bytes(self.value)
        self.name, self.value = bytearray(), bytearray()

    def keep_part(self) -> None:
        """The part is complete."""
        _, options = parse_options_header(self.headers.get("content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if not name:
            raise _broken("one of its parts has no name")
        encoding = self.headers.get("content-transfer-encoding", b"").decode("latin-1").strip().lower()
        if encoding not in PLAIN_ENCODINGS:
            raise _broken(
                f"its part {name[:60]!r} has Content-Transfer-Encoding {encoding[:40]!r}; allowed: binary"
            )
        file_name = options.get(b"filename", b"").decode("utf-8", "replace")
        self.parts.append(Part(name=name, file_name=file_name, content=bytes(self.content)))

    def end(self) -> None:
        """The closing boundary."""
        self.ended = True


def _broken(reason: str) -> BrokenForm:
    return BrokenForm(f"The multipart body cannot be read: {reason}.")
