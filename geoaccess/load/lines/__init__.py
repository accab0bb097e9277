"""Route relations of OpenStreetMap to lines with headways, and these to timetables of one date.

Each stage has a module of its own, in the order in which a file passes through them:

- `lines`: the front door
- `routes`: the relations, their tags and the places of their members
- `calls`: which members are stops, in which order, and how long the ride takes
- `hours`, `headways`: tags to when a line runs and how often; `defaults`: what stands in where no tag says
- `tables`: lines, calls, stops and headways as tables; `notes`: what was left out or assumed
- `draw`: one of the timetables that are possible, as the minutes at which a line leaves are not known
"""

from geoaccess.load.lines.draw import DRAWS, draw_timetable
from geoaccess.load.lines.lines import Lines, load_lines

__all__ = ["DRAWS", "Lines", "draw_timetable", "load_lines"]
