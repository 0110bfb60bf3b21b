import json
from pathlib import Path
from typing import Any

import pytest

from cutout.service.intake import upload_job
from cutout.service.jobs import Source
from cutout.service.keys import corrected_source_key
from cutout.service.rules import Rule, Rules, RulesBroken, has_rules, parse_rules

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = parse_rules((ROOT / "examples" / "rules.json").read_bytes())


def rules(*found: dict[str, Any]) -> Rules:
    return parse_rules(json.dumps({"rules": found}).encode())


def presets_for(ruled: Rules, key: str) -> list[str | None]:
    return [output.preset for output in ruled.of(key).recipe_for(key).outputs]


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        ("incoming/a.jpg", "incoming/"),
        ("incoming/hero/a.jpg", "incoming/hero/"),
        ("incoming/heroes/a.jpg", "incoming/"),
        ("studio/urgent/a.jpg", "studio/urgent/"),
        ("studio/a.jpg", ""),
        ("a.jpg", ""),
    ],
)
def test_the_longest_prefix_that_fits_decides(key: str, prefix: str) -> None:
    assert EXAMPLE.of(key).prefix == prefix


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("amazon/shoe.jpg", ["amazon"]),
        ("amazon/2026/shoe.jpg", ["amazon"]),
        ("amazon.jpg", [None]),
        ("amazon", [None]),
        ("amazons/shoe.jpg", [None]),
        ("photos/amazon/shoe.jpg", [None]),
        ("passport-uk/face.jpg", ["passport-uk"]),
    ],
)
def test_without_rules_a_first_folder_s_name_is_its_preset(key: str, names: list[str | None]) -> None:
    assert presets_for(Rules(), key) == names


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"prefix": "amazon/", "preset": "ebay"}, ["ebay"]),
        ({"prefix": "", "preset": "ebay, etsy"}, ["ebay", "etsy"]),
        ({"prefix": "amazon/", "recipe": {"outputs": [{"format": "webp"}]}}, [None]),
        ({"prefix": "amazon/", "on_delete": "expire"}, ["amazon"]),
        ({"prefix": "amazon/b", "preset": "ebay"}, ["amazon"]),
    ],
)
def test_a_rule_s_recipe_comes_before_the_folder_s_name(
    rule: dict[str, Any], names: list[str | None]
) -> None:
    assert presets_for(rules(rule), "amazon/a.jpg") == names


@pytest.mark.parametrize(
    ("rule", "key", "place"),
    [
        ({"prefix": "incoming/", "results": "published/"}, "incoming/shoes/a.jpg", "published/shoes/a.jpg"),
        ({"prefix": "incoming/", "results": "incoming/"}, "incoming/a.jpg", "incoming/a.jpg"),
        ({"prefix": "", "results": "all/"}, "shoes/a.jpg", "all/shoes/a.jpg"),
        ({"prefix": "incoming/"}, "incoming/a.jpg", ""),
    ],
)
def test_results_take_the_prefix_s_place(rule: dict[str, Any], key: str, place: str) -> None:
    assert rules(rule).of(key).results_for(key) == place


def test_a_rule_says_all_about_a_job() -> None:
    source = Source(bucket="b", key="incoming/hero/a.jpg", sequencer="1")

    job = EXAMPLE.of(source.key).applied(upload_job(source, "bucket", 0))

    assert [output.file_name for output in job.recipe.outputs] == ["clear.webp", "hero.jpg"]
    assert (job.folder, job.lane, job.on_delete) == ("published/hero/a.jpg", "bulk", "expire")
    assert job.callback == "https://shop.example.com/hooks/cutout"


@pytest.mark.parametrize(
    ("key", "ruled"),
    [
        ("api/owner/job/a.jpg", False),
        ("calls/owner/job/a.jpg", False),
        ("backgrounds/beach.jpg", False),
        ("corrections/a.jpg.png", False),
        ("apis/a.jpg", True),
    ],
)
def test_what_has_its_own_way_has_no_rules(key: str, ruled: bool) -> None:
    assert has_rules(key) is ruled


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([{"prefix": "api/"}], "rules.rules[0].prefix: 'api/' lies below a prefix that has its own way"),
        (
            [{"prefix": "a/", "preset": "amazn"}],
            "rules.rules[0].preset: preset names 'amazn'; allowed: ajio,",
        ),
        ([{"prefix": "a/", "preset": " , "}], "rules.rules[0].preset: preset is empty; allowed: ajio,"),
        ([{"prefix": "a/", "colour": "red"}], "rules.rules[0].colour is not a known field"),
        ([{"recipe": {"outputs": [{"format": "gif"}]}}], 'rules.rules[0].recipe.outputs[0].format is "gif"'),
        ([{"preset": "amazon", "recipe": {}}], "preset and recipe are both there; allowed: one of them"),
        ([{"ignore": True, "lane": "bulk"}], "ignore is true beside lane; allowed: ignore alone"),
        ([{"ignore": "yes"}], 'rules.rules[0].ignore is "yes": input should be a valid boolean'),
        ([{"on_delete": "now"}], "rules.rules[0].on_delete is \"now\": input should be 'keep' or 'expire'"),
        ([{"results": "../x/"}], "results is '../x/'; allowed: a folder such as 'published/'"),
        ([{"results": "a//b/"}], "results is 'a//b/'; allowed: a folder such as 'published/'"),
        ([{"results": "hooks/shop/"}], "results is 'hooks/shop/'; allowed: a folder such as 'published/'"),
        ([{"results": "published"}], "results is 'published'; allowed: a folder such as 'published/'"),
        ([{"results": "calls/x/"}], "not below api/, calls/, long/, improve/, hooks/, batches/"),
        ([{"prefix": "in", "results": "out/"}], "results needs a prefix that is a folder, this one is 'in'"),
        ([{"callback": "ftp://example.com"}], "callback is 'ftp://example.com'"),
        ([{"prefix": "a/"}, {"prefix": "a/"}], "two rules have the prefix 'a/'; allowed: one rule for each"),
        (
            [{"prefix": "a/", "results": "c/"}, {"prefix": "b/", "results": "c/"}],
            "the results of 'a/' and of 'b/' would lie in the same places",
        ),
        (
            [{"prefix": "a/", "results": "c/"}, {"prefix": "b/", "results": "c/d/"}],
            "the results of 'a/' and of 'b/' would lie in the same places",
        ),
        (
            [{"prefix": "a/", "results": "c/"}, {"prefix": "c/", "preset": "amazon"}],
            "the results of 'a/' and of 'c/' would lie in the same places",
        ),
    ],
)
def test_a_broken_rule_is_refused_by_name(found: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(RulesBroken) as refused:
        rules(*found)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    "found",
    [
        [{"prefix": "a/", "results": "c/"}, {"prefix": "a/b/", "results": "c/b/"}],
        [{"prefix": "a/", "results": "c/"}, {"prefix": "c/", "ignore": True}],
        [{"prefix": "", "on_delete": "expire"}, {"prefix": "a/", "results": "c/"}],
    ],
)
def test_rules_that_agree_about_every_place_are_sound(found: list[dict[str, Any]]) -> None:
    assert len(rules(*found).rules) == len(found)


def test_a_document_that_is_no_json_is_refused() -> None:
    with pytest.raises(RulesBroken, match=r"^rules is"):
        parse_rules(b"rules:\n- prefix: a/")


def test_a_rule_that_says_nothing_is_the_default() -> None:
    job = upload_job(Source(bucket="b", key="a.jpg", sequencer="1"), "bucket", 0)

    assert Rule().applied(job) == job


@pytest.mark.parametrize(
    ("key", "source"),
    [
        ("corrections/shoes/a.jpg.png", "shoes/a.jpg"),
        ("corrections/shoes/a.jpg.webp", "shoes/a.jpg"),
        ("corrections/a.png", "a"),
        ("corrections/a.jpg.png.png", "a.jpg.png"),
        ("corrections/a", None),
        ("corrections/.png", None),
        ("corrections/shoes/.png", None),
        ("corrections/v1.2/a", None),
    ],
)
def test_a_correction_is_called_after_its_picture(key: str, source: str | None) -> None:
    assert corrected_source_key(key) == source
