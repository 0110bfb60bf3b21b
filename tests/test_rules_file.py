import time

import pytest

from cutout.service.rules import RulesBroken
from cutout.service.rules_file import RulesFile
from fakes import FakeS3

PLACE = ("work", "config/rules.json")


def stored(s3: FakeS3, text: str) -> None:
    s3.put_object(*PLACE, text.encode())


def test_without_a_document_there_are_no_rules() -> None:
    assert RulesFile(FakeS3(), "work", 60).current().rules == ()  # type: ignore[arg-type]


def test_a_change_counts_once_the_last_reading_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    s3, clock = FakeS3(), iter([1000.0, 1059.9, 1060.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    file = RulesFile(s3, "work", 60)
    stored(s3, '{"rules": [{"prefix": "a/"}]}')
    seen = [file.current().rules[0].prefix]

    stored(s3, '{"rules": [{"prefix": "b/"}]}')
    seen += [file.current().rules[0].prefix for _ in range(2)]

    assert seen == ["a/", "a/", "b/"]


def test_a_document_is_not_sent_again_while_it_is_the_same() -> None:
    s3, answers = FakeS3(), []
    get = s3.get_object
    s3.get_object = lambda **asked: answers.append(asked) or get(**asked)  # type: ignore[method-assign, func-returns-value]
    stored(s3, '{"rules": [{"prefix": "a/"}]}')
    file = RulesFile(s3, "work", 0)  # type: ignore[arg-type]

    assert [file.current().rules[0].prefix for _ in range(2)] == ["a/", "a/"]
    assert ["IfNoneMatch" in asked for asked in answers] == [False, True]


def test_a_document_that_is_gone_counts_no_more() -> None:
    s3 = FakeS3()
    file = RulesFile(s3, "work", 0)  # type: ignore[arg-type]
    stored(s3, '{"rules": [{"prefix": "a/"}]}')
    file.current()

    s3.delete_object(*PLACE)

    assert file.current().rules == ()


def test_a_broken_document_is_our_fault_until_it_is_mended() -> None:
    s3 = FakeS3()
    file = RulesFile(s3, "work", 3600)  # type: ignore[arg-type]
    stored(s3, '{"rules": [{"prefix": 7}]}')

    for _ in range(2):
        with pytest.raises(RulesBroken, match=r"rules.rules\[0\].prefix is 7"):
            file.current()
    stored(s3, '{"rules": []}')
    assert file.current().rules == ()
