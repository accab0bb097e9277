import pytest

from geoaccess.access.measured import KNOWN, Measures
from geoaccess.errors import ProjectError


def test_names_are_those_of_the_measures_in_the_order_asked_for() -> None:
    assert Measures().names == ()
    assert Measures(KNOWN[::-1]).names == KNOWN[::-1]
    assert Measures("RAAM").names == ("raam",)


def test_every_wrong_name_is_told_with_the_nearest() -> None:
    with pytest.raises(ProjectError) as caught:
        Measures(("2sfc", "raam", "distance", "raam", "Spatial availability"))
    assert [(fault.key, fault.value, fault.remedy) for fault in caught.value.faults] == [
        ("measures.catchment", "2sfc", "did you mean '2sfca'?"),
        ("measures.catchment", "distance", f"known here are: {', '.join(KNOWN)}"),
        ("measures.catchment", "spatial availability", "did you mean 'spatial_availability'?"),
        ("measures.catchment", "raam", None),
    ]
