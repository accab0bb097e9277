"""Kinds of care: what they take from the project, and what is refused."""

from __future__ import annotations

import pytest

from geoaccess.access.care import CARE_KINDS, CareKind, kinds_to_judge
from geoaccess.access.norm import Norm
from geoaccess.errors import ProjectError


def test_what_a_kind_does_not_say_is_that_of_the_project() -> None:
    norm = Norm(max_minutes=40)
    assert CareKind("ggz").rules(norm).norm_minutes == 40
    own = CareKind("ggz", norm_minutes=20, consult_min=45, margin_min=5).rules(norm)
    assert (own.norm_minutes, own.consult_min, own.margin_min) == (20, 45, 5)


def test_the_ten_kinds_say_where_they_are_from() -> None:
    assert len(CARE_KINDS) == 10
    assert all(kind.source for kind in CARE_KINDS.values())
    assert CARE_KINDS["huisartsenpost"].default_hours().opening_hours.startswith("Mo-Fr 00:00-08")
    assert CARE_KINDS["seh"].default_hours().opening_hours == "24/7"
    assert CARE_KINDS["apotheek"].default_hours().opening_hours == "Mo-Fr 08:00-17:00; PH off"


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(ProjectError) as caught:
        CareKind(" ", norm_minutes=0, consult_min=999, margin_min=-1, opening_hours="zie website")
    assert {fault.key for fault in caught.value.faults} == {
        "care.care",
        "care.norm_minutes",
        "care.consult_min",
        "care.margin_min",
        "care.opening_hours",
    }


def test_a_kind_is_judged_once() -> None:
    with pytest.raises(ProjectError, match="twice"):
        kinds_to_judge([CareKind("ggz"), CareKind("GGZ ")], [])
    assert kinds_to_judge([], ["huisarts", "huisarts"]) == (CARE_KINDS["huisarts"],)
