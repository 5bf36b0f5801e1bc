"""A folder of a model: the worked one of the library's README passes; spoilt, everything wrong is said at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cartrace.errors import InputRefused
from cartrace.models.folder import GENERATED, read_folder, write_system
from cartrace.models.system import Parameter, Rule, State, System


def spoil(folder, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def findings(folder) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        read_folder(folder)
    return [finding.sentence for finding in refused.value.findings]


def test_the_worked_model_is_read(worked):
    model = read_folder(worked)
    assert model.system == System(
        id="worked",
        time_unit="d",
        parameters=(Parameter("k", 0.1, "1/d"), Parameter("V", 5.0, "L")),
        states=(State("A", "0.0", "-k * A", "mg"),),
        rules=(Rule("conc", "A / V"),),
    )
    assert (model.id, model.clock, model.parent) == ("worked", "dose", "")
    assert [entry.id for entry in model.reproduce] == ["half_life"]


def test_the_value_unit_and_threshold_of_the_tables_go_into_the_system(worked):
    spoil(worked, "states.tsv", "A\tamount of drug\tmg\t\t", "A\tamount of drug\tmg\t1e-3\tone microgram")
    assert read_folder(worked).system.states[0].extinct_below == 1e-3


def test_written_system_is_read_in_place_of_the_equations(worked):
    model = read_folder(worked)
    write_system(model, worked)
    (worked / "model.ant").write_text("not antimony at all {", encoding="utf-8")
    assert read_folder(worked, generated=True) == model
    assert (worked / GENERATED).read_text(encoding="utf-8") == model.system.to_json()


def test_a_written_system_needs_no_library(worked):
    write_system(read_folder(worked), worked)
    code = (
        "import sys; sys.modules['libsbml'] = sys.modules['antimony'] = sys.modules['sympy'] = None\n"
        "from pathlib import Path\n"
        "from cartrace.models.folder import read_folder\n"
        "print(read_folder(Path(sys.argv[1]), generated=True).id)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(worked)], capture_output=True, text=True, check=True)
    assert done.stdout == "worked\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("model.toml", 'title = "', 'titel = "', "worked/model.toml"),
        ("model.toml", 'time_unit = "d"', 'time_unit = "week"', "one of d, h, min, s"),
        ("model.toml", 'clock = "dose"', 'clock = ""', 'no "clock"'),
        ("model.toml", 'sources = ["stein2019tisagenlecleucel"]', "sources = []", 'no "sources"'),
        ("model.toml", "stein2019tisagenlecleucel", "nobody1900", "nobody1900"),
        ("model.toml", 'clock = "dose"', 'clock = "dose"\nparent = "elsewhere"', "elsewhere"),
        ("model.toml", 'clock = "dose"', "clock = [", "model.toml"),
        ("model.ant", "k = 0.1;", "k = 0.2;", "k = 0.1"),
        ("model.ant", "k = 0.1;", "k = 0.1; extra = 3;", 'no row for "extra"'),
        ("model.ant", "V = 5;", "", "V"),
        ("model.ant", "A' = -k*A;", "A' = = ;", "worked/model.ant"),
        ("states.tsv", "A\tamount", "B\tamount", 'no row for "A"'),
        ("observables.tsv", "\tconc\t", "\tconz\t", "did you mean conc"),
        ("reproduce.toml", 'state = "A"', 'state = "AA"', "did you mean A"),
        ("reproduce.toml", 'of = "conc"', 'of = "conz"', "did you mean conc"),
        ("reproduce.toml", 'run = "dose"', 'run = "doze"', "did you mean dose"),
        ("reproduce.toml", "amount = 100", 'amount = "100*VV"', "did you mean V"),
        ("reproduce.toml", "to = 20", "to = 31", "stay within the run"),
        ("reproduce.toml", 'source = "stein2019tisagenlecleucel"', 'source = "nobody1900"', "nobody1900"),
        ("reproduce.toml", "until = 30", 'until = 30\nsetting = "fast"', '"fast"'),
        ("reproduce.toml", "until = 30", "until = 30\nparameters = { kk = 1 }", '"kk"'),
        ("reproduce.toml", "until = 30", 'until = 30\nevents = [{ trigger = "A < 1", assign = { B = "1" } }]', '"B"'),
        ("reproduce.toml", "until = 30", "until = 30\nevents = [3]", "a list of tables"),
        ("reproduce.toml", "until = 30", "until = 30\nsetting = 3", "a list of texts"),
        ("reproduce.toml", "[[published]]", "[published]", "a list of tables"),
        ("reproduce.toml", "[run.dose]", "[[run]]", "a table"),
        ("reproduce.toml", "amount = 100", "amount = 100, duration = -1", "duration = -1"),
        ("reproduce.toml", "amount = 100", 'amount = "log(0 - V)"', "math domain error"),
        ("reproduce.toml", "{ time = 0", "{ time = -1", "0 to 30"),
        ("reproduce.toml", "{ time = 0", "{ time = 31", "0 to 30"),
        ("reproduce.toml", "to = 20", "to = 1", '"from" before "to"'),
        ("reproduce.toml", "relative = 1e-4", "relative = -1e-4", "0 or more"),
        ("parameters.tsv", "\t1/d\t", "\t1/dd\t", "did you mean d"),
        ("parameters.tsv", "\tunit\t", "\tunits\t", "no column unit; the column units"),
        ("parameters.tsv", "lowerBound\tupperBound", "upperBound\tlowerBound", "in another order"),
        ("parameters.tsv", "0.01\t1\t0.1", "1\t0.01\t0.1", "exchange the bounds"),
    ],
)
def test_what_is_wrong_is_said_with_its_file(worked, file, old, new, said):
    spoil(worked, file, old, new)
    sentences = findings(worked)
    assert any(said in sentence for sentence in sentences), sentences
    assert all(sentence.startswith("error: worked/") for sentence in sentences)


@pytest.mark.parametrize(
    "name",
    ["README.md", "model.toml", "model.ant", "states.tsv", "parameters.tsv", "observables.tsv", "reproduce.toml"],
)
def test_a_missing_file_is_found(worked, name):
    (worked / name).unlink()
    assert any(f"worked/{name}: found no such file" in sentence for sentence in findings(worked))


def test_the_folder_one_stands_in_has_its_name(worked, monkeypatch):
    monkeypatch.chdir(worked)
    assert read_folder(Path()).id == "worked"


def test_a_table_that_cannot_be_read_is_said_once(worked):
    spoil(worked, "parameters.tsv", "\tunit\t", "\tunits\t")
    assert len(findings(worked)) == 1


def test_a_title_that_cannot_be_read_is_said_once(worked):
    spoil(worked, "model.toml", 'clock = "dose"', "clock = [")
    assert len(findings(worked)) == 1
    (worked / "model.toml").unlink()
    assert len(findings(worked)) == 1


@pytest.mark.parametrize("settings", ["fast = 3", '[fast]\nname = "x"\nparameters = 3\nevidence = "input"\nnote = "x"'])
def test_settings_of_another_shape_are_findings(worked, settings):
    (worked / "settings.toml").write_text(settings, encoding="utf-8")
    assert "a table" in findings(worked)[0]


def test_files_with_a_mark_of_the_byte_order_and_windows_lines_are_read(worked):
    plain = read_folder(worked)
    for name in ("model.toml", "parameters.tsv", "states.tsv", "observables.tsv", "reproduce.toml"):
        text = (worked / name).read_text(encoding="utf-8")
        (worked / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read_folder(worked) == plain


def test_letters_that_are_not_utf_8_are_found(worked):
    (worked / "states.tsv").write_bytes("stateId\tstateName\nA\tMenge von Tocilizumab (\u00fcber)\n".encode("latin-1"))
    assert any("save the file as UTF-8" in sentence for sentence in findings(worked))


def test_settings_are_read_and_checked(worked):
    text = '[fast]\nname = "fast"\nparameters = {{ {} }}\nevidence = "input"\nnote = "an example"\n'
    (worked / "settings.toml").write_text(text.format("k = 1"), encoding="utf-8")
    assert read_folder(worked).settings["fast"].parameters == {"k": 1.0}
    (worked / "settings.toml").write_text(text.format('k = "1", q = 2') + "colour = 'red'\n", encoding="utf-8")
    said = " ".join(findings(worked))
    assert all(word in said for word in ("k = '1'", '"q"', "colour"))


def test_everything_is_said_at_once(worked):
    for file, old, new in (
        ("model.toml", 'time_unit = "d"', 'time_unit = "week"'),
        ("parameters.tsv", "\t0.1\t1\t1/d", "\tmuch\t1\t1/d"),
        ("observables.tsv", "\tconc\t", "\tconz\t"),
        ("reproduce.toml", 'of = "conc"', 'of = "conz"'),
    ):
        spoil(worked, file, old, new)
    assert {sentence.split("/")[1].split(",")[0].split(":")[0] for sentence in findings(worked)} >= {
        "model.toml",
        "parameters.tsv",
        "observables.tsv",
        "reproduce.toml",
    }
