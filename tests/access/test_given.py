"""What a study is given by hand is of its own kind, or refused with all that is not."""

from __future__ import annotations

import pytest

from geoaccess.access.care import CareKind
from geoaccess.access.failing import Failing
from geoaccess.access.given import check_given
from geoaccess.access.measured import Measures
from geoaccess.errors import ProjectError


def test_all_that_is_something_else_is_named_at_once() -> None:
    with pytest.raises(ProjectError) as caught:
        check_given(["one network"], "groups.csv", "kas", ("apotheek",), ("2sfca",), 0.5)
    keys = [fault.key for fault in caught.value.faults]
    assert keys == ["week", "groups", "profile", "care", "measures", "failing"]
    assert "give the seven networks of build_week" in str(caught.value)


def test_what_is_right_passes() -> None:
    check_given(None, None, (), [CareKind("apotheek")], Measures(), Failing())
    check_given(("network",) * 7, None, [], (), Measures(("raam",)), Failing(0.2))
