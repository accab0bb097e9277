"""Arrays that grow inside kernels, compiled once for all of them."""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def grown(array, room):  # type: ignore[no-untyped-def]
    """Return ``array`` itself when it holds ``room`` values, otherwise a copy with at least that room."""
    if room <= len(array):
        return array
    bigger = np.empty(max(room, 2 * len(array)), array.dtype)
    for k in range(len(array)):  # compiles much faster than assigning a slice
        bigger[k] = array[k]
    return bigger
