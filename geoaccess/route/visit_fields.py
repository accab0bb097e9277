"""What the kernels of `geoaccess.route.visits` write and read: fields of a day, constraints and kinds of change."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

#: fields of the best visit on a day: seconds of that day
LEAVE, ARRIVE, START, END, HOME, UNTIL = range(6)
#: how far a day gets: see `geoaccess.route.visits.Pairs`
LEVEL, LIFTED, KIND, FIX_S, FIX_SIZE_S = range(6, 11)
#: the visit that takes least busy time
LOST_S, LOST_LEAVE, LOST_HOME = range(11, 14)
FIELDS = 14
#: field of the best visit over practices that takes the place of LEVEL
PRACTICE = 6

#: the timetable of a day ends here (32:00), and so do consultations
LAST_S = 32 * 3600
NONE = 2_000_000_000

#: kinds of change: a practice nearer by, opening on a day, a ride out, closing later, opening earlier, a ride back
NO_FIX, NEARER, OPEN_DAY, RIDE_OUT, CLOSE_LATER, OPEN_EARLIER, RIDE_BACK = range(7)

#: constraints, numbered in their order
LINKED, IN_REACH, THAT_DAY, IN_FREE_TIME, OPEN_THEN, WAY_BACK = range(1, 7)


class Spans(NamedTuple):
    """Intervals of many rows: those of row r are at first[r] to first[r + 1] - 1, in order and apart."""

    first: Array
    start_s: Array
    end_s: Array


class Limits(NamedTuple):
    """Seconds: longest trip out that counts, longest trip, consultation, and margin between arrival and start."""

    norm_s: int
    max_s: int
    consult_s: int
    margin_s: int
