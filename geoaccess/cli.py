"""The command line: parse, call one function, print.

Heavy libraries are imported inside the commands, so that help comes at once.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import math
import os
import sys
import traceback
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import geoaccess
from geoaccess.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from geoaccess.inputs import Inputs
    from geoaccess.project import Run
    from geoaccess.result import Result
    from geoaccess.study import Study

INPUTS_AT_FAULT = 2
FAILED = 1
CTRL_C = 130  # what typer makes of it
NOTES_SHOWN = 10
PIPE_WIDTH = 240

app = typer.Typer(
    name="geoaccess",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Where people without own transport cannot get to a GP, why, and how many people that is.",
    epilog="Exit codes: 0 done, 2 the inputs are at fault, 1 anything else. "
    "--debug (or GEOACCESS_DEBUG=1) shows the traceback of an unexpected error.",
)

ProjectFile = Annotated[Path, typer.Argument(metavar="PROJECT.toml", help="The project to use.")]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Threads to use.", show_default="all processors"),
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Prepare the network anew, and do not keep it.")
]


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line; every way out is an exit code: 0 done, 2 inputs at fault, 1 anything else.

    Parameters
    ----------
    args : arguments; None for those of the process.
    """
    words = list(sys.argv[1:] if args is None else args)
    # taken out here, so that it works before and after the command
    debug = "--debug" in words or os.environ.get("GEOACCESS_DEBUG", "0") not in ("", "0")
    words = [word for word in words if word != "--debug"]
    _speak_safely()
    logging.basicConfig(format="%(name)s: %(message)s")
    if debug:
        logging.getLogger("geoaccess").setLevel(logging.DEBUG)
    try:
        app(args=words, prog_name="geoaccess")
    except InputError as error:
        _complain(str(error))
        sys.exit(INPUTS_AT_FAULT)
    except SystemExit as stop:
        if stop.code != CTRL_C:
            raise
        _complain("stopped")
        sys.exit(FAILED)
    except Exception as error:  # noqa: BLE001 - the last resort: one line instead of a traceback
        if debug:
            traceback.print_exc()
        elif _was_stopped(error):
            _complain("stopped")
        else:
            said = " ".join(str(error).split()) or "no message"
            _complain(f"{type(error).__name__}: {said} (geoaccess --debug ... shows where)")
        sys.exit(FAILED)


def _was_stopped(error: BaseException | None) -> bool:
    """Tell whether Ctrl-C lies behind an error: compiled code turns it into one of its own."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _speak_safely() -> None:
    """Let a console that lacks a letter (cp1252 on Windows) show a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _complain(text: str) -> None:
    typer.echo(text, err=True)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show the current stage on stderr while it lasts, where stderr is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _stage: None
        return
    from rich.console import Console

    with Console(stderr=True).status("starting", spinner="line") as status:
        yield status.update


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"geoaccess {geoaccess.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and stop."
        ),
    ] = False,
) -> None:
    pass


@app.command()
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for inputs and results.")
    ] = Path("maps/demo"),
    workers: Workers = None,
) -> None:
    """Make up a region, write its input files, and do the whole job on them; needs no network."""
    from geoaccess.demo.run import run_demo

    with _progress() as tell:
        done = run_demo(output, workers=workers, tell=tell)
    _show_run(done)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to put it; made if absent.")],
) -> None:
    """Write a commented project.toml to fill in; an existing one is never overwritten."""
    from geoaccess.settings import write_template

    written = write_template(folder)
    named = f'"{written}"' if " " in str(written) else written
    typer.echo(f"wrote {written}: fill it in, then run: geoaccess check {named}")


@app.command()
def check(project: ProjectFile) -> None:
    """Read every input and list every fault at once: file, row, column, what to do."""
    from geoaccess.inputs import feed_report, read_inputs

    with _progress() as tell:
        tell("reading inputs")
        inputs = read_inputs(project, week=True)
        feeds = feed_report(inputs)
    for line in _input_lines(inputs, feeds):
        typer.echo(line)
    if inputs.faults:
        raise InputError(inputs.faults)
    typer.echo("no faults")


@app.command()
def run(
    project: ProjectFile,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Folder for results [maps/<project name>]."
        ),
    ] = None,
    workers: Workers = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the contents of run.json on stdout.")
    ] = False,
    no_cache: NoCache = False,
    all_visits: Annotated[
        bool,
        typer.Option("--all-visits", help="Write visits.parquet: visits to every practice."),
    ] = False,
) -> None:
    """Do the whole job: travel times, visits, reasons, maps and tables."""
    from geoaccess.project import run_project
    from geoaccess.record import as_json

    with _progress() as tell:
        done = run_project(
            project,
            output,
            workers=workers,
            cache=not no_cache,
            all_visits=all_visits,
            tell=tell,
        )
    if json:
        typer.echo(as_json({"folder": str(done.folder), **done.record}))
    else:
        _show_run(done)


@app.command()
def times(
    project: ProjectFile,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="File to write: .parquet or .csv; or a folder, written block by block: "
            "the same command goes on after a stop.",
        ),
    ],
    workers: Workers = None,
    no_cache: NoCache = False,
) -> None:
    """Write only the travel times between every site and practice."""
    from geoaccess.project import write_times

    with _progress() as tell:
        pairs = write_times(project, output, workers=workers, cache=not no_cache, tell=tell)
    typer.echo(f"wrote {output}: {pairs} pairs of a site and a practice it can reach")


@app.command()
def trip(
    project: ProjectFile,
    site: Annotated[str, typer.Argument(metavar="SITE", help="Id of the site.")],
    practice: Annotated[str, typer.Argument(metavar="PRACTICE", help="Id of the practice.")],
    depart: Annotated[
        str | None, typer.Option(metavar="HH:MM", help="Departure; after midnight 25:00 and on.")
    ] = None,
    arrive_by: Annotated[
        str | None, typer.Option(metavar="HH:MM", help="Latest arrival, instead of a departure.")
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="From the practice to the site.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the trip as JSON.")] = False,
    no_cache: NoCache = False,
) -> None:
    """Show one trip leg by leg: why a travel time is what it is."""
    from geoaccess.project import load_project
    from geoaccess.route.itinerary import itinerary

    with _progress() as tell:
        tell("reading inputs and building the network")
        study = load_project(project, cache=not no_cache, week=False)
        tell("searching")
        legs = itinerary(
            study.sites,
            study.practices,
            study.network,
            site,
            practice,
            depart=depart,
            arrive_by=arrive_by,
            direction="from" if back else "to",
        )
    if json:
        from geoaccess.record import as_json

        about = {str(key): value for key, value in legs.attrs.items()}
        head = {"date": str(study.date), "made_up": study.made_up}
        typer.echo(as_json({**head, **about, "legs": legs.to_dict("records")}))
    else:
        _show_trip(legs, study)


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all of them.")] = False,
) -> None:
    """List the networks that are kept so that a project is prepared only once, or remove them."""
    from geoaccess import cache as kept
    from geoaccess.load.phrases import counted

    folder = kept.cache_folder()
    if folder is None:
        typer.echo(f"nothing is kept: {kept.FOLDER_VARIABLE} is {kept.OFF}")
    elif clear:
        count, size_bytes = kept.clear(folder)
        typer.echo(
            f"removed {counted(count, 'file')} from {folder}: {size_bytes / 1e6:.1f} MB freed"
        )
    else:
        for line in _cache_lines(folder):
            typer.echo(line)


def _cache_lines(folder: Path) -> Iterator[str]:
    """Say what is kept: for what, how large, when made and last used."""
    from geoaccess.cache import MAX_BYTES, entries
    from geoaccess.load.phrases import counted
    from geoaccess.network.store import read_about

    found = entries(folder)
    size = sum(entry.size_bytes for entry in found) / 1e6
    yield f"{folder}: {counted(len(found), 'network')}, {size:.1f} MB of at most {MAX_BYTES / 1e6:.0f} MB"
    for entry in reversed(found):
        used = dt.datetime.fromtimestamp(entry.used).astimezone()
        try:
            about = read_about(entry.path)
            made = dt.datetime.fromisoformat(about["made"]).astimezone()
            what = f"made {made:%Y-%m-%d %H:%M}, {about['project']}"
            date = f"week of {about['date']}" if about["week"] else about["date"]
            what += f" ({', '.join(filter(None, [date, *about['files']]))})"
        except (OSError, ValueError, KeyError, TypeError):
            what = "damaged: it will be made anew"
        yield f"  {entry.size_bytes / 1e6:.1f} MB, used {used:%Y-%m-%d %H:%M}, {what}"


def _input_lines(inputs: Inputs, feeds: pd.DataFrame | None) -> Iterator[str]:
    """Say what was read from each input, with its notes and the feed report."""
    from geoaccess.inputs import assumptions
    from geoaccess.load.lines.draw import draws_note
    from geoaccess.tables import notes

    assumed = assumptions(inputs)
    for what, table in (
        ("sites", inputs.sites),
        ("groups", inputs.groups),
        ("practices", inputs.practices),
        ("areas", inputs.areas),
    ):
        if table is not None:
            yield f"{what}: {len(table)} from {table.attrs.get('source', 'a table')}"
            yield from (f"  - {note}" for note in notes(table))
        elif assumed.get(what):
            yield f"{what}: no table is given"
        yield from (f"  - {note}" for note in assumed.get(what, ()))
    if inputs.streets is not None:
        streets = inputs.streets
        yield f"streets: {len(streets.length_cm)} pieces from {streets.source}"
        yield from (f"  - {note}" for note in streets.notes)
    if feeds is not None:
        date = "all dates" if inputs.timetable is None else inputs.timetable.date
        yield f"timetable of {date}:"
        for feed in feeds.to_dict("records"):
            yield from _feed_lines({str(key): value for key, value in feed.items()})
    if inputs.timetable is not None:
        yield from (f"  - {note}" for note in inputs.timetable.notes)
    if inputs.lines is not None:
        yield f"lines of public transport: {len(inputs.lines.lines)} from {inputs.lines.source}"
        yield from (f"  - {note}" for note in (*inputs.lines.notes, draws_note(inputs.lines)))
    for van in inputs.vans:
        yield f"van: {van.name}, {len(van.stops)} stops, {', '.join(van.departures)} ({van.days})"
    if not inputs.faults and not (inputs.timetable or inputs.lines or inputs.vans):
        yield "only walking is possible: there is no timetable (GTFS), and there are no lines or vans"
    yield from (f"  - {note}" for note in inputs.notes)


def _feed_lines(feed: dict[str, object]) -> Iterator[str]:
    """Lay one row of the feed report out as lines, leaving out what is empty."""
    yield f"  feed {feed['feed']}"
    for key, value in feed.items():
        text = str(value).strip()
        if key != "feed" and text not in ("", "None", "nan", "NaT", "<NA>"):
            yield f"    {key.replace('_', ' ')}: {text}"


def _show_run(done: Run) -> None:
    for line in _finding_lines(done.result):
        typer.echo(line)
    files = ", ".join(done.record["outputs"])
    typer.echo(f"results in {done.folder}: {files}")
    warnings = done.result.context.warnings
    for note in warnings[:NOTES_SHOWN]:
        typer.echo(f"note: {note}", err=True)
    if len(warnings) > NOTES_SHOWN:
        typer.echo(f"notes not shown here, see run.json: {len(warnings) - NOTES_SHOWN}", err=True)


def _show_trip(legs: pd.DataFrame, study: Study) -> None:
    from rich.console import Console
    from rich.table import Table

    from geoaccess.present.text import date_words, say
    from geoaccess.present.trip import draw_line, headline, leg_table

    language = study.language
    if study.made_up:
        typer.echo(say(language, "made_up"))
    typer.echo(headline(legs, study.network.who, language))
    typer.echo(date_words(study.date, language, weekday=True))
    if example := draw_line(legs, language):
        typer.echo(example)
    if legs.empty:
        return
    heads, rows = leg_table(legs, language)
    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    # names are text, never markup; a file or a pipe has no width to fit
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    Console(width=width, markup=False, highlight=False, emoji=False).print(table)


def _finding_lines(result: Result) -> Iterator[str]:
    """Say the main numbers in a few lines."""
    from geoaccess.load.phrases import counted
    from geoaccess.present import visit_findings
    from geoaccess.present.text import percent

    total, context = result.totals, result.context
    norm = f"{context.norm_minutes:g} minutes"
    are = "is" if total.sites_beyond == 1 else "are"
    if context.made_up:
        yield "made-up demo data"
    if context.transit:
        yield f"{context.title}, {context.date}, departures {'-'.join(context.window)}"
    else:
        only = "walking only" if context.cycle_kmh is None else "walking and cycling only"
        yield f"{context.title}, {only}: no rides were used, neither from a timetable nor of lines or vans"
    if context.cycle_kmh is not None:
        yield (
            f"people may cycle at {context.cycle_kmh:g} km/h, at most {context.max_cycle_min:g} minutes at a time"
        )
    if visit_findings.judged(result):
        yield visit_findings.title(replace(result, context=replace(context, language="en")))
    yield f"{total.sites_beyond} of {counted(total.sites, 'site')} {are} beyond {norm} from a practice"
    if math.isfinite(total.share_beyond):
        yield (
            f"{total.residents_beyond:.0f} of {total.residents:.0f} people live there "
            f"({percent(total.share_beyond, 'en')})"
        )
    if total.sites_unknown_residents:
        yield f"the number of residents is unknown for {counted(total.sites_unknown_residents, 'site')}"
    ranked = result.areas[result.areas["sites_beyond"] > 0].dropna(subset="rank")
    for _, area in ranked.sort_values(["rank", "area_id"]).head(5).iterrows():
        people = area["residents_beyond"]
        count = f"{people:.0f} people" if math.isfinite(people) else "an unknown number of people"
        yield f"  {area['rank']}. {area['name']}: {count} at {counted(area['sites_beyond'], 'site')} beyond {norm}"
