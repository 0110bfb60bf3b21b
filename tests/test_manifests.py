"""Lists of pictures, read a slice at a time: every line once, whatever the slices are."""

import pytest

from cutout.service.manifests import MOST_LINES, BadManifest, BatchItem, Line, Slice, items_as_lines, slice_of

CSV = "url,preset,name\nhttps://a.example/ä.jpg,amazon,\nhttps://a.example/b.jpg,,b\n".encode()


def read(body: bytes, most: int = 100) -> Slice:
    return slice_of(body, offset=0, line=0, columns=(), whole=True, most=most)


def in_slices(body: bytes, size: int, most: int) -> list[Line]:
    """All the lines, from slices of so many bytes and lines."""
    offset, line, columns = 0, 0, ()
    lines: list[Line] = []
    while offset < len(body):
        part = body[offset : offset + size]
        found = slice_of(
            part, offset=offset, line=line, columns=columns, whole=offset + size >= len(body), most=most
        )
        lines += found.lines
        offset, line, columns = found.offset, found.line, found.columns
    return lines


def test_json_lines_are_items() -> None:
    found = read(b'{"key": "a.jpg"}\n\n{"url": "https://a.example/b.jpg", "name": "b"}')

    assert [line.item for line in found.lines] == [
        BatchItem(key="a.jpg"),
        BatchItem(url="https://a.example/b.jpg", name="b"),
    ]
    assert [line.where for line in found.lines] == ["line 1", "line 3"]
    assert (found.offset, found.line) == (65, 3)


def test_csv_has_names_above_its_columns_and_empty_fields_are_none() -> None:
    found = read(CSV)

    assert [line.item for line in found.lines] == [
        BatchItem(url="https://a.example/ä.jpg", preset="amazon"),
        BatchItem(url="https://a.example/b.jpg", name="b"),
    ]
    assert (found.offset, found.columns) == (76, ("url", "preset", "name"))


@pytest.mark.parametrize("size", [40, 41, 55, 1000])
@pytest.mark.parametrize("most", [1, 2, 100])
def test_however_it_is_sliced_every_line_is_read_once(size: int, most: int) -> None:
    lines = in_slices(CSV, size, most)

    assert [line.where for line in lines] == ["line 2", "line 3"]
    assert [line.item.url for line in lines if line.item] == [
        "https://a.example/ä.jpg",
        "https://a.example/b.jpg",
    ]


def test_what_a_windows_editor_writes_is_read() -> None:
    found = read(b"\xef\xbb\xbfKey,Name\r\na.jpg,x\r\n")

    assert [line.item for line in found.lines] == [BatchItem(key="a.jpg", name="x")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"key": "a", "url": "https://b.example"}', "key and url is given; allowed: one of key and url"),
        ("{}", "neither is given; allowed: one of key and url"),
        ('{"key": "a", "shape": 1}', "line 1.shape is not a known field"),
        ('{"key": "a"', "line 1 is"),
        ('{"key": "a", "name": "../b"}', "name is '../b'"),
        ('{"key": "a", "preset": "nowhere"}', "nowhere"),
        ('{"key": "a", "preset": "amazon", "recipe": {}}', "allowed: at most one of them"),
        ('{"key": "a", "recipe": {"outputs": []}}', "line 1.recipe.outputs has 0; allowed: at least 1"),
    ],
)
def test_a_line_that_is_no_item_says_why_and_stops_nobody(line: str, said: str) -> None:
    found = read(f'{line}\n{{"key": "b"}}\n'.encode())

    assert [each.item for each in found.lines] == [None, BatchItem(key="b")]
    assert said in found.lines[0].fault


def test_a_line_in_another_encoding_is_no_item_and_stops_nobody() -> None:
    found = read(b"key\na.jpg\n" + "Stühle.jpg\n".encode("latin-1") + b"b.jpg\n")

    assert [line.item and line.item.key for line in found.lines] == ["a.jpg", None, "b.jpg"]
    assert found.lines[1].fault == "line 3 is not UTF-8."


def test_a_row_with_more_fields_than_columns_is_no_item() -> None:
    assert read(b"key\na,b\n").lines[0].fault == "line 2 is no CSV: it has 2 fields; allowed: at most 1."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"file,colour\na,b\n", "The manifest begins with 'file,colour'; allowed: a line of JSON, or"),
        (b"name\na\n", "key or url, then name, preset if wanted"),
        (b"key,key\na,b\n", "begins with 'key,key'"),
        (b"\xff\xfe\n", "Line 1 of the manifest is not UTF-8."),
    ],
)
def test_what_is_no_list_at_all_is_refused_whole(body: bytes, said: str) -> None:
    with pytest.raises(BadManifest, match=said):
        read(body)


def test_a_line_longer_than_a_slice_is_refused() -> None:
    with pytest.raises(BadManifest, match="Line 8 of the manifest is longer than 262,144 bytes"):
        slice_of(b"x" * 100, offset=50, line=7, columns=("key",), whole=False, most=10)


def test_a_list_has_an_end() -> None:
    with pytest.raises(BadManifest, match="more lines than 100,000"):
        slice_of(b"a\n", offset=1, line=MOST_LINES + 1, columns=("key",), whole=True, most=10)


def test_items_are_written_as_they_are_read() -> None:
    items = (BatchItem(key="a\nb.jpg"), BatchItem(url="https://a.example", preset="amazon"))

    assert tuple(line.item for line in read(items_as_lines(items)).lines) == items
