import json

import pytest

from models.catalog import CATALOG, BadCatalog, read_catalog


def document() -> dict[str, object]:
    return json.loads(CATALOG.read_text())


def test_the_default_model_has_a_public_file_and_an_npm_package_as_sources():
    model = read_catalog().model(None)

    assert model.id == "isnet-general-use"
    assert [source.sha256 for source in model.sources] == [
        "60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a",
        "b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb",
    ]
    assert (model.input_size, model.mean, model.std) == (1024, (0.5, 0.5, 0.5), (1.0, 1.0, 1.0))


def test_the_weights_without_a_stated_licence_are_not_for_commercial_use():
    assert [model.id for model in read_catalog().models if not model.commercial_use] == ["silueta"]


def test_an_unknown_model_is_answered_with_the_known_ones():
    with pytest.raises(BadCatalog, match=r"no model 'u3net'; the catalog has isnet-general-use, .*modnet\."):
        read_catalog().model("u3net")


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("licnece", "MIT", "models.0.licnece"),
        ("std", [1.0, 0.0, 1.0], "models.0.std.1"),
        ("input_size", "1024", "models.0.input_size"),
        ("output_is", "mask", "models.0.output_is"),
        ("sources", [], "models.0.sources"),
        ("sources", [{"kind": "url", "url": "https://example.org/a", "bytes": 1, "sha256": None}], "sha256"),
        ("sources", [{"kind": "url", "url": "file:///etc/passwd", "bytes": 1, "sha256": "0" * 64}], "url"),
        ("sources", [{"kind": "ftp"}], "models.0.sources.0"),
    ],
)
def test_a_field_that_breaks_the_rules_is_refused_by_name(field, value, named, tmp_path):
    broken = document()
    broken["models"][0][field] = value
    (tmp_path / "catalog.json").write_text(json.dumps(broken))

    with pytest.raises(BadCatalog, match=named):
        read_catalog(tmp_path / "catalog.json")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": 2}, "format"),
        ({"default": "u3net"}, "the default 'u3net' is not among the models"),
        ({"models": document()["models"][:1] * 2}, "two models have the same id"),
    ],
)
def test_a_document_that_breaks_the_rules_is_refused(change, reason, tmp_path):
    (tmp_path / "catalog.json").write_text(json.dumps(document() | change))

    with pytest.raises(BadCatalog, match=reason):
        read_catalog(tmp_path / "catalog.json")
