"""Bodies of remove.bg's clients, and bodies that are none."""

from collections.abc import Callable

import pytest

import removebg_calls as calls
from removebg_errors import Refused
from removebg_form import read_form
from removebg_request import read_request


@pytest.mark.parametrize(
    "written",
    [calls.requests_file, calls.unirest_file, calls.curl_file, calls.ruby_file, calls.nameless_file],
)
def test_a_file_of_any_client_arrives_byte_for_byte(written: Callable[..., tuple[str, bytes]]) -> None:
    form = read_form(*written(("size", "auto"), ("crop", "false")))

    assert form.files == {"image_file": calls.PICTURE}
    assert form.fields == {"size": "auto", "crop": "false"}


def test_the_three_kinds_of_body_say_the_same() -> None:
    said = {"image_url": "https://example.com/a b.png?x=1&y=2", "crop": "true", "crop_margin": "10%"}
    bodies = [
        calls.form(*said.items()),
        (calls.JSON, b'{"image_url":"https://example.com/a b.png?x=1&y=2","crop":true,"crop_margin":"10%"}'),
        ("multipart/form-data; boundary=x", _parts(said)),
    ]

    assert [read_form(*body).fields for body in bodies] == [said, said, said]


def _parts(fields: dict[str, str]) -> bytes:
    parts = [f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    return ("".join(parts) + "--x--").encode()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (
            b'{"size": null, "type": "", "roi": "  ", "crop": false, "type_level": 1}',
            {"crop": "false", "type_level": "1"},
        ),
        (
            b'{"shadow_opacity": 50, "shadow_type": {"car": "drop"}}',
            {"shadow_opacity": "50", "shadow_type[car]": "drop"},
        ),
        (b'\xef\xbb\xbf{"tag": "gr\xc3\xbcn"}', {"tag": "grün"}),
        (b"{}", {}),
    ],
)
def test_json_says_what_a_form_would(body: bytes, fields: dict[str, str]) -> None:
    assert read_form("application/json; charset=UTF-8", body).fields == fields


def test_what_is_empty_is_not_given() -> None:
    empty = _parts({"bg_color": "", "bg_image_url": " "})
    unused = b'--x\r\nContent-Disposition: form-data; name="bg_image_file"; filename=""\r\n\r\n\r\n' + empty

    form = read_form("multipart/form-data; boundary=x", unused)

    assert (form.fields, form.files) == ({}, {})


def test_no_body_at_all_gives_nothing() -> None:
    form = read_form(None, b"")

    assert (form.fields, form.files) == ({}, {})


@pytest.mark.parametrize(
    ("content_type", "body", "code", "said"),
    [
        (None, b"x", "unsupported_content_type", "There is no Content-Type; allowed: multipart/form-data, applic"),
        ("text/plain", b"x", "unsupported_content_type", "Content-Type is 'text/plain'; allowed: multipart/form"),
        ("image/png", b"x", "unsupported_content_type", "Content-Type is 'image/png'; allowed"),
        (calls.URLENCODED + "; charset=latin1", b"a=b", "unsupported_content_type", "The charset is 'latin1'; all"),
        (calls.URLENCODED, b"a=\xff", "invalid_body", "The body is not UTF-8 text (byte 2); allowed: utf-8."),
        (calls.URLENCODED, b"a=%ff", "invalid_body", "The urlencoded body cannot be read: 'utf-8' codec can't decode"),
        (calls.URLENCODED, b"&".join([b"a=1"] * 101), "invalid_body", "Max number of fields exceeded"),
        (calls.URLENCODED, b"size=auto&size=full", "invalid_size", "size is given more than once; allowed: once."),
        (calls.URLENCODED, b"tag=" + b"a" * 4001, "invalid_tag", "tag has 4,001 characters; allowed: at most 4,000."),
        (calls.JSON, b'{"size": "auto", "size": "full"}', "invalid_size", "size is given more than once"),
        (calls.JSON, b"{", "invalid_body", "The body is not valid JSON: Expecting property name"),
        (calls.JSON, b'{"a": NaN}', "invalid_body", "The body is not valid JSON: NaN is no JSON value."),
        (calls.JSON, b"[" * 200_000, "invalid_body", "The body is not valid JSON"),
        (calls.JSON, b'"text"', "invalid_body", "The JSON body is not an object; allowed: an object with"),
        (calls.JSON, b'{"roi": [0, 0, 1, 1]}', "invalid_roi", "roi is a list or a nested object; allowed: text, a n"),
        (calls.JSON, b'{"a": {"b": {"c": 1}}}', "invalid_a", "a is a list or a nested object; allowed"),
        ("multipart/form-data", b"x", "invalid_body", "cannot be read: the Content-Type names no boundary."),
        ("multipart/form-data; boundary=x", b"", "invalid_body", "cannot be read: it ends before its closing bound"),
        ("multipart/form-data; boundary=x", b"nothing", "invalid_body", "The multipart body cannot be read: "),
        ("multipart/form-data; boundary=x", _parts({"size": "auto"})[:-5], "invalid_body", "ends before its closing"),
        ("multipart/form-data; boundary=x", _parts({"": "auto"}), "invalid_body", "one of its parts has no name."),
        ("multipart/form-data; boundary=" + "x" * 300, b"a", "invalid_body", "cannot be read: Boundary length"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ\r\n--x--',
            "invalid_body",
            "its part 'a' has Content-Transfer-Encoding 'base64'; allowed: binary.",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="size"\r\n\r\n\xff\r\n--x--',
            "invalid_body",
            "The field 'size' is not UTF-8 text (byte 0); allowed: utf-8.",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 101 + b"--x--",
            "invalid_body",
            "it has more than 100 parts.",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="image_file"; filename="a"\r\n\r\nA\r\n' * 2 + b"--x--",
            "invalid_image_file",
            "image_file is given more than once; allowed: once.",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="image_file"; filename="a.png"\r\n\r\n\r\n--x--',
            "invalid_image_file",
            "image_file: the file 'a.png' is empty.",
        ),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused(
    content_type: str | None, body: bytes, code: str, said: str
) -> None:
    with pytest.raises(Refused) as refusal:
        read_form(content_type, body)

    [fault] = refusal.value.faults
    assert (refusal.value.status, fault.said.code) == (400, code)
    assert said in fault.detail


# ------------------------------------------------------------------ pictures


@pytest.mark.parametrize(
    "text",
    [
        "+/+/aGk=",
        "+/+/aGk",
        "-_-_aGk",
        "data:image/png;base64,+/+/aGk=",
        "data:image/svg+xml;charset=utf-8;base64,+/+/aGk=",
        "+/+/\r\naGk=\r\n",
    ],
)
def test_base64_is_read_as_clients_write_it(text: str) -> None:
    request = read_request(*calls.form(("image_file_b64", text)))

    assert request.picture.content == b"\xfb\xff\xbfhi"


def test_plus_signs_that_nobody_encoded_are_plus_signs() -> None:
    request = read_request(calls.URLENCODED, b"image_file_b64=+/+/aGk=")

    assert request.picture.content == b"\xfb\xff\xbfhi"


def test_one_picture_and_one_background() -> None:
    mark = "multipart/form-data; boundary=x"
    both = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{n}"; filename="{n}.png"\r\n\r\n{n}!\r\n'.encode()
        for n in ("image_file", "bg_image_file")
    )

    request = read_request(mark, both + b"--x--")

    assert request.picture.content == b"image_file!"
    assert request.background is not None
    assert request.background.content == b"bg_image_file!"


def identity_of(mark: str, picture: bytes, size: str, behind: str = "a") -> str:
    file = f'--{mark}\r\nContent-Disposition: form-data; name="%s"; filename="x"\r\n\r\n%s\r\n'
    field = f'--{mark}\r\nContent-Disposition: form-data; name="size"\r\n\r\n{size}\r\n'
    body = (
        file % ("image_file", picture.decode()) + file % ("bg_image_file", behind) + field + f"--{mark}--\r\n"
    )
    return read_request(f"multipart/form-data; boundary={mark}", body.encode()).identity


def test_a_form_that_is_sent_again_is_the_same_call_though_its_boundary_is_another() -> None:
    first = identity_of("one", b"picture", "hd")

    assert identity_of("two", b"picture", "hd") == first
    others = [("x", b"other", "hd", "a"), ("x", b"picture", "full", "a"), ("x", b"picture", "hd", "b")]
    assert first not in {identity_of(*other) for other in others}


def test_pictures_may_lie_on_the_web() -> None:
    request = read_request(*calls.form(("image_url", "https://a.b/c"), ("bg_image_url", "HTTP://d.e/f?g")))

    assert request.picture.url == "https://a.b/c"
    assert request.background is not None
    assert request.background.url == "HTTP://d.e/f?g"


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ([], "missing_source", "Please provide the source image in the image_url, image_file or image_file_b64"),
        ([("image_url", "https://a/b"), ("image_file_b64", "aGk=")], "multiple_sources", "image_file_b64 and image"),
        ([("image_file", "text")], "invalid_image_file", "image_file is text; allowed: a file in multipart/form-data"),
        ([("image_file_b64", "a b c!")], "invalid_image_file_b64", "begins with 'a+b+c!' and is not base64"),
        ([("image_file_b64", "aGkaa")], "invalid_image_file_b64", "is not base64; allowed: a file's bytes in base64."),
        ([("image_file_b64", "data:image/png,abc")], "invalid_image_file_b64", "is not base64"),
        ([("image_url", "ftp://a/b")], "invalid_image_url", "image_url is 'ftp://a/b'; allowed: an address with https"),
        ([("image_url", "https://a b")], "invalid_image_url", "image_url is 'https://a b'; allowed"),
        ([("image_url", "https://a/" + "b" * 2000)], "invalid_image_url", "at most 2,000 characters."),
        (
            [("image_url", "https://a/b"), ("bg_color", "red"), ("bg_image_url", "https://a/c")],
            "multiple_bg_sources",
            "Given are bg_color and bg_image_url; allowed: one of them.",
        ),
        ([("image_url", "https://a/b"), ("bg_image_url", "no")], "invalid_bg_image_url", "bg_image_url is 'no'"),
        ([("image_url", "https://a/b"), ("bg_image_file", "x")], "invalid_bg_image_file", "bg_image_file is text; all"),
    ],
)  # fmt: skip
def test_pictures_that_cannot_be_taken_are_refused(
    fields: list[tuple[str, str]], code: str, said: str
) -> None:
    with pytest.raises(Refused) as refusal:
        read_request(*calls.form(*fields))

    [fault] = refusal.value.faults
    assert fault.said.code == code
    assert said in fault.detail


def test_a_repeated_call_is_the_same_whatever_boundary_its_form_has() -> None:
    written = [calls.requests_file, calls.unirest_file, calls.curl_file, calls.ruby_file]

    assert len({read_request(*write(("size", "full"))).identity for write in written}) == 1


def test_calls_that_ask_for_something_else_are_told_apart() -> None:
    image = ("image_url", "https://a.b/c")
    asked = [
        calls.form(image),
        calls.form(("image_url", "https://a.b/d")),
        calls.form(image, ("crop", "true")),
        calls.form(image, ("bg_image_url", "https://a.b/c")),
        calls.curl_file(),
    ]

    assert len({read_request(*call).identity for call in asked}) == 5
