"""The documents of hooks: what is refused, and in which words."""

import json
from typing import Any

import pytest

from conftest import ROOT
from cutout.service.hooks import BadHook, hook_from, read_hook

LEAST = {"verify": {"method": "shopify"}, "pictures": "images[].src"}


@pytest.mark.parametrize("name", ["form", "github", "shopify"])
def test_the_examples_are_hooks(name: str) -> None:
    hook = read_hook((ROOT / "examples" / "hooks" / f"{name}.json").read_bytes())

    assert hook.owner == "bucket"
    assert hook.what_to_make.outputs


def test_a_preset_is_a_recipe() -> None:
    hook = hook_from(LEAST | {"preset": "amazon"})

    assert [output.preset for output in hook.what_to_make.outputs] == ["amazon"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pictures": "images[.src"}, "hook.pictures: 'images[.src' is not JMESPath"),
        ({"pictures": "no_such(@)"}, "hook.pictures: 'no_such(@)' calls 'no_such'; allowed: abs, avg,"),
        (
            {"when": "a[?!starts_with(b, 'x')].{c: max(nope(d))}"},
            "calls 'nope'; allowed: abs, avg, ceil, contains, ends_with",
        ),
        ({"pictures": ""}, 'hook.pictures is ""'),
        ({"when": "(" * 600}, "hook.when: '(((("),
        (
            {"verify": {"method": "md5"}},
            "allowed: a kind of 'shopify', 'github', 'standard_webhooks', 'hmac'",
        ),
        ({"verify": {"method": "hmac"}}, "hook.verify.header is missing"),
        ({"verify": {"method": "hmac", "header": "x y"}}, 'hook.verify.header is "x y"'),
        ({"verify": {"method": "hmac", "header": "x", "algorithm": "md5"}}, 'hook.verify.algorithm is "md5"'),
        (
            {
                "verify": {
                    "method": "hmac",
                    "header": "x",
                    "timestamp": {"header": "t", "before_body": "v0:"},
                }
            },
            "hook.verify.timestamp.before_body: 'v0:' must have {timestamp} once",
        ),
        ({"verify": {"method": "github", "secret": "x"}}, "hook.verify.secret is not a known field"),
        ({"secrets": "x"}, "hook.secrets is not a known field"),
        ({"preset": "nosuch"}, "preset 'nosuch'"),
        ({"preset": "amazon", "recipe": {}}, "recipe and preset are given"),
        ({"recipe": {"outputs": []}}, "hook.recipe.outputs has 0"),
        ({"results": "{nosuch}"}, "results has {nosuch}; allowed: picture_id, number, file, digest"),
        ({"results": "../{file}"}, "hook.results: '../{file}' is not a path"),
        ({"results": "a//b"}, "is not a path"),
        ({"results": "/a"}, "is not a path"),
        ({"results": "a/"}, "is not a path"),
        ({"results": "a b"}, "is not a path"),
        ({"results": "{file}" * 7}, "is not a path"),
        ({"ids": {"file": "id"}}, "ids.file has the name of a part that every picture has"),
        ({"ids": {"Id": "id"}}, "hook.ids.Id"),
        ({"ids": {"product": "["}}, "'[' is not JMESPath"),
        ({"owner": "shop"}, 'hook.owner is "shop"'),
        ({"owner": "0" * 32, "account": "1" * 32}, "a key's jobs are paid by its own account"),
        ({"lane": "fast"}, 'hook.lane is "fast"'),
        ({"callback": ""}, 'hook.callback is ""'),
    ],
)
def test_a_document_that_is_no_hook_is_refused_by_field(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadHook) as refusal:
        hook_from(LEAST | changes)

    assert said in str(refusal.value)


def test_a_document_that_is_no_json_is_refused_as_it_was_written() -> None:
    with pytest.raises(BadHook, match=r'^hook is "{": invalid JSON: .*[^.]\.$'):
        read_hook(b"{")


def test_a_long_value_is_shown_as_cut_off() -> None:
    with pytest.raises(BadHook) as refusal:
        hook_from(LEAST | {"lane": "x" * 200})

    assert str(refusal.value) == f"hook.lane is \"{'x' * 78}…: input should be 'interactive' or 'bulk'."


def test_a_key_s_hook_may_say_that_the_key_pays() -> None:
    assert hook_from(LEAST | {"owner": "0" * 32, "account": "0" * 32}).account == "0" * 32
    assert json.loads(hook_from(LEAST).model_dump_json())["account"] is None
