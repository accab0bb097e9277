"""GTFS feeds to a timetable of one date, or to those of a week.

Each stage has a module of its own, in the order in which a feed passes through them:

- `feeds`: the front door, one or several feeds; `feed`: all of one feed but its stop times
- `files`, `text`, `tables`, `columns`, `clock`: zip or folder to bytes to lines to columns to numbers
- `calendar`, `routes`, `stops`, `frequencies`, `transfers`: the small files
- `times`, `journeys`, `misplaced`: stop times to trips that can be ridden
- `blocks`, `rides`: the trips around one date; `days`, `week`: several dates; `report`: what was found on the way

Nothing is lost in silence. What makes a feed unfit as a whole is a FeedError: files, columns or dates that are missing
or unreadable, a date outside its range or without trips. What concerns single stops or trips is repaired, dropped or
put in quarantine, counted, and named in `Timetable.notes` and the feed report.
"""

from geoaccess.load.gtfs.feeds import load_timetable, read_feed_report
from geoaccess.load.gtfs.week import WeekRides, load_week

__all__ = ["WeekRides", "load_timetable", "load_week", "read_feed_report"]
