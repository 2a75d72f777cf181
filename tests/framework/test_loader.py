"""A broken edition is refused with its file, the place and the reason; a sound one of any size is read."""

import json
import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tia_hub.framework import loader
from tia_hub.framework.loader import (
    BrokenEdition,
    current_edition,
    get_edition,
    list_editions,
    load_edition,
    load_editions,
)
from tia_hub.framework.types import Edition, UnknownCode
from tia_hub.framework.views import bp

Content = dict[str, Any]
Change = Callable[[Content], object]


@cache
def _text(file: Path) -> str:
    return json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")))


def _content(file: Path) -> Content:
    content: Content = json.loads(_text(file))
    return content


def _write(path: Path, content: Content) -> Path:
    # JSON is YAML too, and much faster to write
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def _steps(path: str) -> list[str | int]:
    return [int(step) if step.isdigit() else step for step in re.findall(r"\w+", path)]


def _at(content: Content, steps: Iterable[str | int]) -> Any:
    part: Any = content
    for step in steps:
        part = part[step]
    return part


def _set(path: str, value: object) -> Change:
    *before, last = _steps(path)
    return lambda content: _at(content, before).__setitem__(last, value)


def _drop(path: str) -> Change:
    *before, last = _steps(path)
    return lambda content: _at(content, before).__delitem__(last)


def _again(path: str) -> Change:
    """Write the last item of a list a second time."""
    return lambda content: _at(content, _steps(path)).append(deepcopy(_at(content, _steps(path))[-1]))


# what is done to a sound edition, where that is found, and part of the reason given
REFUSED: list[tuple[Change, str, str]] = [
    # something missing
    *(
        (_drop(path), path, "required")
        for path in (
            "audit",
            "principles[0].criteria[1].text",
            "levels[1].short_definition",
            "selection.questions",
        )
    ),
    # something that is not described
    *((_set(path, 1), path, "not permitted") for path in ("score", "levels[0].rank", "principles[0].criteria[0].weight")),
    # a word that is none of those known
    (_set("levels[1].code", "expert"), "levels[1].code", "'informed'"),
    (_set("levels[1].statements[1].audience", "everyone"), "levels[1].statements[1].audience", "'managers'"),
    (_set("levels[1].statements[0].kind", "feel"), "levels[1].statements[0].kind", "'know'"),
    (_set("selection.questions[1].owner", "buyer"), "selection.questions[1].owner", "'course'"),
    # no text, or not one
    (_set("principles[1].criteria[0].text", ""), "principles[1].criteria[0].text", "empty"),
    (_set("audit.status_guidance", " \n"), "audit.status_guidance", "empty"),
    (_set("rationale.title", "How  come"), "rationale.title", "doubled space"),
    (_set("rationale.blocks[0].bullets[1]", "a\nb"), "rationale.blocks[0].bullets[1]", "line break"),
    (_set("audit.title", 46), "audit.title", "string"),
    (_set("level_finder.yes_answer", True), "level_finder.yes_answer", "string"),
    (_set("current", "yes"), "current", "bool"),
    (_set("domains", "people"), "domains", "tuple"),
    (_set("principles[0].code", "Wel come"), "principles[0].code", "pattern"),
    (_set("credits[0].url", "http://example.org"), "credits[0].url", "pattern"),
    (_set("selection.questions[0].number", 0), "selection.questions[0].number", "greater"),
    # an empty list
    *(
        (_set(path, []), path, "at least one")
        for path in (
            "principles",
            "principles[1].criteria",
            "levels[0].statements",
            "level_finder.rules[0].levels",
        )
    ),
    # a code used twice
    (_again("principles[0].criteria"), "principles[0].criteria[2].code", "'welcome.2' is used twice"),
    (_again("levels"), "levels[2].code", "'skilled' is used twice"),
    (_again("levels[1].statements"), "levels[1].statements[3].code", "used twice"),
    (_again("outcomes.groups[0].elements"), "outcomes.groups[0].elements[1].code", "used twice"),
    (_again("how_to_use.readers"), "how_to_use.readers[1].code", "used twice"),
    (_again("self_assessment.prompts"), "self_assessment.prompts[2].code", "used twice"),
    *((_again(part), f"{part}[2].code", "used twice") for part in ("principles", "selection.questions")),
    *((_again(part), f"{part}[1].code", "used twice") for part in ("domains", "manager_guidance.questions", "credits")),
    (_set("selection.questions[1].number", 1), "selection.questions[1].number", "used twice"),
    # a code that belongs elsewhere
    (
        _set("principles[1].criteria[0].code", "welcome.3"),
        "principles[1].criteria[0].code",
        "'peer_support.'",
    ),
    (
        _set("levels[0].statements[0].code", "skilled.know.9"),
        "levels[0].statements[0].code",
        "'informed.know.'",
    ),
    (_set("levels[1].statements[1].kind", "know"), "levels[1].statements[1].code", "'skilled.know.'"),
    (
        _set("outcomes.groups[0].elements[0].measures[0].code", "noise.1"),
        "outcomes.groups[0].elements[0].measures[0].code",
        "'calm.'",
    ),
    # parts that contradict each other
    (_set("levels[1].lead_ins[0].kind", "know"), "levels[1].lead_ins[0]", "no statement"),
    (_again("levels[1].lead_ins"), "levels[1].lead_ins[1]", "second"),
    (_set("levels_guide.everyone", "enhanced"), "levels_guide.everyone", "no level 'enhanced'"),
    (
        _set("level_finder.rules[1].levels[1]", "specialist"),
        "level_finder.rules[1].levels[1]",
        "no level 'specialist'",
    ),
    (
        _drop("level_finder.rules[3]"),
        "level_finder.rules",
        "service_has_remit true and worker_has_contact true",
    ),
    (_again("level_finder.rules"), "level_finder.rules", "exactly one rule"),
]


@pytest.mark.parametrize(("change", "path", "reason"), REFUSED, ids=[f"{path}-{reason}" for _, path, reason in REFUSED])
def test_a_broken_edition_is_refused_with_file_path_and_reason(
    tmp_path: Path, small_file: Path, change: Change, path: str, reason: str
) -> None:
    content = _content(small_file)
    change(content)
    file = _write(tmp_path / "broken.yaml", content)
    with pytest.raises(BrokenEdition) as refusal:
        load_edition(file)
    problems = {problem.path: problem.reason for problem in refusal.value.problems}
    assert reason in problems[path]
    assert f"{file}: {path}: " in str(refusal.value)


def test_every_problem_is_named_at_once(tmp_path: Path, small_file: Path) -> None:
    content = _content(small_file)
    del content["audit"]
    content["levels"][0]["name"] = ""
    with pytest.raises(BrokenEdition) as refusal:
        load_edition(_write(tmp_path / "broken.yaml", content))
    assert [problem.path for problem in refusal.value.problems] == ["levels[0].name", "audit"]


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("code: a\n  name: [", "line 2, column 7", "mapping values are not allowed"),
        ("code: one\ncode: two\n", "line 2, column 1", "key 'code' written twice"),
        ("audit:\n  title: a\n  title: b\n", "line 3, column 3", "key 'title' written twice"),
        (
            "audit: !!python/object/apply:os.getcwd []\n",
            "line 1, column 8",
            "could not determine a constructor",
        ),
        ("code: \x07\n", "file", "not allowed"),
        ("- a\n- list\n", "file", "not a mapping"),
        ("", "file", "not a mapping"),
    ],
)
def test_a_file_that_is_no_edition_is_refused(tmp_path: Path, text: str, where: str, reason: str) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenEdition) as refusal:
        load_edition(file)
    (problem,) = refusal.value.problems
    assert problem.path == where
    assert reason in problem.reason


def test_a_file_in_another_encoding_or_missing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes("name: café".encode("latin-1"))
    with pytest.raises(BrokenEdition, match=r"latin\.yaml: file: not UTF-8 at byte 9"):
        load_edition(file)
    with pytest.raises(BrokenEdition, match=r"gone\.yaml: file: No such file"):
        load_edition(tmp_path / "gone.yaml")


def _parts(content: Any, path: str = "") -> list[str]:
    """The paths of everything in here that has keys."""
    if isinstance(content, dict):
        return [path, *(each for key, value in content.items() for each in _parts(value, f"{path}.{key}"))]
    if isinstance(content, list):
        return [each for index, value in enumerate(content) for each in _parts(value, f"{path}[{index}]")]
    return []


def test_a_key_that_is_not_described_is_refused_wherever_it_stands(tmp_path: Path, small_file: Path) -> None:
    for path in _parts(_content(small_file)):
        content = _content(small_file)
        _at(content, _steps(path))["surplus"] = "text"
        with pytest.raises(BrokenEdition) as refusal:
            load_edition(_write(tmp_path / "broken.yaml", content))
        (problem,) = refusal.value.problems
        assert problem.path == f"{path}.surplus".lstrip(".")


@settings(deadline=None)
@given(sizes=st.lists(st.integers(1, 15), min_size=1, max_size=8))
def test_an_edition_may_have_any_number_of_principles_and_criteria(
    sizes: list[int], small_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = _content(small_file)
    content["principles"] = [
        {
            "code": f"part{part}",
            "title": f"Part {part}",
            "table_heading": f"Part {part}",
            "criteria": [{"code": f"part{part}.{number}", "text": "Done."} for number in range(1, size + 1)],
        }
        for part, size in enumerate(sizes)
    ]
    edition = load_edition(_write(tmp_path_factory.mktemp("edition") / "sized.yaml", content))
    assert [len(principle.criteria) for principle in edition.principles] == sizes
    assert len(edition.criteria) == sum(sizes)
    assert all(edition.criterion(each.code) is each for each in edition.criteria)


def test_editions_that_come_with_the_product(edition: Edition) -> None:
    assert edition in list_editions()
    assert get_edition(edition.code) is edition is current_edition()
    with pytest.raises(UnknownCode):
        get_edition("hips-0")


def test_a_folder_holds_each_code_once_and_one_current_edition(tmp_path: Path, small_file: Path) -> None:
    content = _content(small_file)
    _write(tmp_path / "a.yaml", content)
    with pytest.raises(BrokenEdition, match="exactly one edition must be the current one"):
        load_editions(tmp_path)
    _write(tmp_path / "b.yaml", content)
    with pytest.raises(BrokenEdition, match=r"b\.yaml: code: 'meadow-2' is the code of another"):
        load_editions(tmp_path)
    _write(tmp_path / "b.yaml", content | {"code": "meadow-3", "current": True})
    assert list(load_editions(tmp_path)) == ["meadow-2", "meadow-3"]


def test_a_broken_edition_stops_the_application_from_starting(
    tmp_path: Path, small_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = _content(small_file) | {"current": True}
    del content["principles"]
    _write(tmp_path / "broken.yaml", content)
    monkeypatch.setattr(loader, "EDITIONS", tmp_path)
    loader.packaged_editions.cache_clear()
    try:
        with pytest.raises(BrokenEdition, match=r"broken\.yaml: principles: Field required"):
            Flask("bare").register_blueprint(bp)
    finally:
        loader.packaged_editions.cache_clear()
