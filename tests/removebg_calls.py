"""Bodies as remove.bg's public clients send them: written down from what a local listener received."""

from urllib.parse import urlencode

PICTURE = b"\xff\xd8\xff\xe0 picture \r\n--\x00\xff"  # bytes that a reader of lines would spoil
URLENCODED, JSON = "application/x-www-form-urlencoded", "application/json"


def requests_file(*fields: tuple[str, str]) -> tuple[str, bytes]:
    """Python's requests, as the package ``removebg`` uses it: a file with a name and no content type, fields first."""
    mark = "ae81d72ab9a5e45fd31e3ebbe834be41"
    parts = [_field(mark, name, value) for name, value in fields]
    parts.append(_file(mark, 'name="image_file"; filename="a.jpg"', PICTURE))
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--\r\n".encode()


def unirest_file(*fields: tuple[str, str]) -> tuple[str, bytes]:
    """The npm package ``remove.bg``: unirest and form-data, with nothing after the closing boundary."""
    mark = "--------------------------853986357903124464115209"
    parts = [_field(mark, name, value) for name, value in fields]
    parts.append(_file(mark, 'name="image_file"; filename="a.jpg"\r\nContent-Type: image/jpeg', PICTURE))
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--".encode()


def curl_file(*fields: tuple[str, str]) -> tuple[str, bytes]:
    """curl -F: the file first, as the documentation's example has it."""
    mark = "------------------------bf4a0a60d6effbd2"
    parts = [_file(mark, 'name="image_file"; filename="a.jpg"\r\nContent-Type: image/jpeg', PICTURE)]
    parts += [_field(mark, name, value) for name, value in fields]
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--\r\n".encode()


def ruby_file(*fields: tuple[str, str]) -> tuple[str, bytes]:
    """The official gem: Faraday writes a length, an encoding and a type into the file's part."""
    mark = "-----------RubyMultipartPost-7371fb881d0c533fa2f93ee874193993"
    parts = [_field(mark, name, value) for name, value in fields]
    head = (
        f'name="image_file"; filename="a.jpg"\r\nContent-Length: {len(PICTURE)}\r\n'
        "Content-Type: image/jpeg\r\nContent-Transfer-Encoding: binary"
    )
    parts.append(_file(mark, head, PICTURE))
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--\r\n".encode()


def nameless_file(*fields: tuple[str, str]) -> tuple[str, bytes]:
    """A file's bytes as a field like any other."""
    mark = "abc"
    parts = [_field(mark, name, value) for name, value in fields]
    return f'multipart/form-data; boundary="{mark}"', b"".join(
        [*parts, _file(mark, 'name="image_file"', PICTURE), b"--abc--\r\n"]
    )


def form(*fields: tuple[str, str]) -> tuple[str, bytes]:
    return URLENCODED, urlencode(fields).encode()


def _field(mark: str, name: str, value: str) -> bytes:
    return f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def _file(mark: str, head: str, content: bytes) -> bytes:
    return f"--{mark}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
