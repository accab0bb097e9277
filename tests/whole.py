"""Profiles of all pairs in one array, for tests that look at every minute."""

from __future__ import annotations

import numpy as np

from geoaccess.route.matrix import profiles


def arrival_profiles(sites, practices, network, window, direction="to") -> np.ndarray:
    """int32 (practices, sites, minutes); small worlds in small blocks, so that the seams are tested, too."""
    result = None
    max_bytes = 2000 if len(sites) * len(practices) < 100 else 2**28
    for block in profiles(
        sites, practices, network, window=window, direction=direction, max_bytes=max_bytes
    ):
        if result is None:
            shape = (len(practices), len(sites), len(block.departure_s))
            result = np.full(shape, -1, np.int32)
        result[block.practices, block.sites] = block.arrival_s.transpose(1, 0, 2)
    assert result is not None
    assert (result >= 0).all()
    return result
