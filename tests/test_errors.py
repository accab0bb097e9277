import pickle

from geoaccess.errors import Fault, InputError


def test_a_fault_says_where_what_and_what_to_do() -> None:
    fault = Fault("is not on earth", "sites.csv", 7, "lat", "514.2", "check the decimal comma")
    assert str(fault) == (
        "sites.csv, row 7, column 'lat', value '514.2': is not on earth -> check the decimal comma"
    )
    assert str(Fault("unknown key", "project.toml", key="norm.x")) == (
        "project.toml, norm.x: unknown key"
    )


def test_twenty_faults_of_each_file_are_shown_and_the_rest_counted() -> None:
    faults = [Fault("bad", "sites.csv", row) for row in range(2, 27)]
    faults.insert(3, Fault("worse", "gtfs.zip"))
    lines = str(InputError(faults)).splitlines()
    assert len(lines) == 22
    assert lines[20] == "sites.csv: ... and 5 more faults"
    assert lines[21] == "gtfs.zip: worse"


def test_a_value_with_a_line_break_stays_on_one_line() -> None:
    assert "\n" not in str(Fault("bad", "sites.csv", 2, "name", "two\nlines"))


def test_errors_survive_a_process_boundary() -> None:
    error = InputError([Fault("bad", "sites.csv", 2)])
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
