"""SBML as a system: what is what, what is refused, and values that agree with libRoadRunner.

The public files are not in this repository: their tests skip when shared/data is not beside this checkout.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cartrace.errors import InputRefused
from cartrace.models.antimony import sbml_of
from cartrace.models.sbml import read_sbml
from cartrace.models.system import Parameter, Rule, State, from_json

SHARED = Path(__file__).parents[3] / "shared"
FILES = {
    "BIOMD0000000534": 2400, "BIOMD0000000537": 2400, "BIOMD0000000837": 300, "BIOMD0000001011": 300,
    "BIOMD0000001012": 300, "BIOMD0000001014": 300, "BIOMD0000001019": 300, "BIOMD0000001024": 300,
    "BIOMD0000001025": 300, "BIOMD0000001041": 300,
    # From day 8 on its tumour falls below 1e-300 and CVODE gives up.
    "MODEL2109110005": 8,
}  # fmt: skip
OWN = {"engine_prototype/models/qe": 180, "engine_prototype/models/trig": 180, "engine_prototype/models/tmdd": 180,
       "model/sscart19": 90}  # fmt: skip

MODELS = {
    "reactions in a compartment of 2.5 litres": """
        compartment C = 2.5; species A in C, B in C, $F in C; A = 10; B = 0; F = 3;
        J1: 2 A -> B; C*k1*A^2; J2: B + F -> A; C*k2*B*F; k1 = 0.05; k2 = 0.2;""",
    "amounts and concentrations side by side": """
        compartment C = 4; substanceOnly species A in C; species B in C; A = 8; B = 0;
        J: A -> B; k*A; k = 0.3; total := A + B*C;""",
    "two compartments": """
        compartment P = 3, T = 12; species X in P, Y in T; X = 5; Y = 0; J: X -> Y; k*(X - Y)*P; k = 0.4;""",
    "initial assignments over parameters, rules and states": """
        a = 2; b = 3*a; x = b + c0; c0 = y0^2; y0 = 0.5; r := 2*x; z = r + time; x' = -0.1*x; z' = -0.2*z + 0.1*b;""",
    "a rate rule with time": "x' = sin(time) - 0.2*x; x = 1;",
    "piecewise, minimum and maximum": """
        x' = piecewise(1, time < 2, -0.5, time < 5 && z > 0, 0.1*x); x = 0; y := max(x, 1, z) + min(x, z); z' = 0.3 - 0.1*z; z = 0;
        w' = y - w; w = 0;""",
    "functions": """
        function hill(x, K, n) x^n/(K^n + x^n); end
        model m() x' = 1 - hill(x, 2, 3)*x; x = 0.1; u' = tanh(x) - log10(u + 1) - abs(u); u = 0; end""",
    "events at fixed times": """
        x' = -0.3*x; x = 1; n = 0; t1 = 2; e1: at (time >= t1): x = x + 2, n = n + 1; e2: at (time > 4.5): x = x/2, n = n + 10;""",
    "an event that a state sets off, again and again": """
        x' = -0.7*x; x = 5; n = 0; e: at (x < 1): x = x + 4, n = n + 1;""",
    "an event under a condition of several parts": """
        x' = 1 - 0.1*x; x = 0; n = 0; last = -10; e: at (x > 2 && n < 3 && time - last > 1): x = 0, n = n + 1, last = time;""",
    "an event that is true at the start and fires": "x' = -0.3*x; x = 5; e: at (x > 1), t0=false: x = x + 3;",
    "a delayed event with values of the trigger's time": """
        x' = -0.3*x; x = 5; y = 0; e: at 1.5 after (time >= 2): y = x;""",
    "a delayed event with values of its own time": """
        x' = -0.3*x; x = 5; y = 0; e: at 1.5 after (time >= 2), fromTrigger=false: y = x;""",
    "events in order of priority": """
        x' = -0.1*x; x = 5; a: at (time >= 2), priority=1, fromTrigger=false: x = 2*x;
        b: at (time >= 2), priority=5, fromTrigger=false: x = x + 1;""",
    "a species that only an event changes": """
        compartment C = 2; species S in C; S = 3; x' = S - x; x = 0; e: at (time >= 3): S = 7;""",
    "events at one time, each with the values before the others": """
        x = 1; y = 2; z' = 0.1*x; z = 3; r := 2*x; a: at (time >= 2): x = y; b: at (time >= 2): y = x + z; c: at (time >= 2): z = r;""",
    "two events of one trigger, one of which makes it untrue": """
        x' = -0.2*x; x = 5; n = 0; a: at (x < 3): x = 5; b: at (x < 3): n = n + x;""",
    "an event that another calls off": """
        x' = -0.2*x; x = 5; n = 0; a: at (x < 3), priority=2: x = 5; b: at (x < 3), priority=1, persistent=false: n = n + 1;""",
    "a delayed event and one at its time": """
        x' = -0.1*x; x = 1; y = 0; e: at 1 after (time >= 2): x = y + 2; b: at (time >= 3): y = x;""",
    "a compartment that grows": """
        compartment V = 2; V' = 0.1*V; species A in V, $F in V; substanceOnly species D in V; A = 4; F = 3; D = 1;
        J: A -> D; k*A*F*V; K: D -> A; k*D; k = 0.1;""",
    "a compartment whose size is a rule": """
        compartment V; V := 2 + 0.1*time; species A in V; A = 4; J: A -> ; k*A*V; k = 0.3;""",
    "a compartment that an event fills, and a concentration that one sets": """
        compartment V = 2; species A in V; A = 4; J: A -> ; k*A*V; k = 0.1; e: at (time >= 3): V = 4; f: at (time >= 5): A = V;""",
    "a concentration set later in a compartment that grows": """
        compartment V = 2; V' = 0.1; species A in V; A = 4; J: A -> ; 0.1*A*V; e: at 1 after (time >= 2): A = A + 1;""",
    "a start in a compartment of a computed size that shrinks": """
        compartment V; V = 2*k; k = 3; V' = -0.05*V; species A in V; A = q; q := k + V; J: A -> ; 0.1*A*V;""",
    "names that are words of Python": "lambda = 0.3; pass' = -lambda*pass; pass = 4; double := pass*lambda;",
    "a stoichiometry by a parameter": "species A, B; A = 5; B = 0; n = 1.5; J: A -> n B; k*A; k = 0.2;",
}  # fmt: skip


def agree(text: str, until: float, oracle, *, rtol: float = 1e-12, atol: float = 1e-13) -> None:
    """Every state agrees with libRoadRunner at 37 times, to 1e-6 of its value (1e-12 of its maximum counts as 0)."""
    import roadrunner

    system = read_sbml(text)
    runner = roadrunner.RoadRunner(text)
    settings = {"relative_tolerance": 1e-12, "absolute_tolerance": 1e-15, "maximum_num_steps": 1_000_000}
    for name, value in settings.items():
        runner.setIntegratorSetting("cvode", name, value)
    # Held values of delayed events it does not know; an amount in a compartment that changes we show as a concentration, too.
    shown = [name.removesuffix("_amount") for name in system.state_ids if not name.endswith("_at_e")]
    quantities = {name.rstrip("_"): name for name in shown}
    known_by_concentration = concentrations(text)
    runner.timeCourseSelections = [f"[{name}]" if name in known_by_concentration else name for name in quantities]
    # Not at round times: at the time of an event libRoadRunner gives the value after it, we the one before.
    times = np.linspace(0, until, 38)[1:] * 1.0003
    theirs = np.asarray(runner.simulate(times=[0.0, *times.tolist()]))[1:]
    ours = oracle.solve(system, times, list(quantities.values()), rtol=rtol, atol=atol)
    scale = np.abs(theirs).max(axis=0)
    np.testing.assert_array_less(np.abs(ours - theirs), 1e-6 * np.abs(theirs) + 1e-12 * scale + 1e-12)


def concentrations(text: str) -> set[str]:
    """The species that stand for their concentration; libRoadRunner asks for them in brackets."""
    import libsbml

    document = libsbml.readSBMLFromString(text)  # libsbml frees a model with its document
    return {item.getId() for item in document.getModel().getListOfSpecies() if not item.getHasOnlySubstanceUnits()}


@pytest.mark.parametrize("name", MODELS)
def test_values_agree_with_libroadrunner(name, oracle):
    agree(sbml_of(MODELS[name]), 12.0, oracle)


@pytest.mark.parametrize("name", FILES)
def test_public_models_agree_with_libroadrunner(name, oracle):
    path = SHARED / "data" / "biomodels-sbml" / f"{name}.xml"
    if not path.is_file():
        pytest.skip("the public models are not beside this checkout (shared/data/biomodels-sbml)")
    slack = {"rtol": 1e-10, "atol": 1e-12} if name == "BIOMD0000000537" else {}
    agree(path.read_text(encoding="utf-8"), FILES[name], oracle, **slack)


@pytest.mark.parametrize("name", OWN)
def test_own_models_agree_with_libroadrunner(name, oracle):
    path = SHARED / "spec" / f"{name}.ant"
    if not path.is_file():
        pytest.skip("the models of the engine's study are not beside this checkout (shared/spec)")
    agree(sbml_of(path.read_text(encoding="utf-8")), OWN[name], oracle)


@pytest.mark.parametrize("name", MODELS)
def test_written_as_json_and_read_back_it_is_the_same(name):
    system = read_sbml(sbml_of(MODELS[name]))
    assert from_json(system.to_json()) == system


# ---------------------------------------------------------------------- what is what


def test_what_is_a_parameter_a_state_and_a_rule():
    system = read_sbml(sbml_of("model m() k = 2; double = 2*k; x' = -k*x; x = 3; y := x + double; end"))
    assert system.parameters == (Parameter("k", 2.0),)
    assert system.states == (State("x", "3.0", "-k * x"),)
    assert system.rules == (Rule("double", "2 * k"), Rule("y", "x + double"))


def test_the_rate_of_a_reaction_is_a_rule_and_its_local_parameters_are_parameters():
    local = """<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>
      <listOfCompartments><compartment id="C" size="1" constant="true" spatialDimensions="3"/></listOfCompartments>
      <listOfSpecies><species id="A" compartment="C" initialAmount="2" hasOnlySubstanceUnits="true"
        boundaryCondition="false" constant="false"/></listOfSpecies>
      <listOfReactions><reaction id="J" reversible="false" fast="false">
        <listOfReactants><speciesReference species="A" stoichiometry="1" constant="true"/></listOfReactants>
        <kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>k</ci><ci>A</ci></apply></math>
          <listOfLocalParameters><localParameter id="k" value="0.5"/></listOfLocalParameters></kineticLaw>
      </reaction></listOfReactions></model></sbml>"""
    system = read_sbml(local)
    assert system.rules == (Rule("J", "J_k * A"),)
    assert Parameter("J_k", 0.5) in system.parameters
    assert system.states == (State("A", "2.0", "-J"),)


@pytest.mark.parametrize(("seconds", "word"), [(1, "s"), (60, "min"), (3600, "h"), (86400, "d"), (17, "")])
def test_the_unit_of_time_is_one_of_four_or_unknown(seconds, word):
    unit = f"unit time_unit = {seconds:g} seconds; " if seconds != 1 else "unit time_unit = second; "
    assert read_sbml(sbml_of(f"model m() {unit} x' = 1; x = 0; end")).time_unit == word


# ---------------------------------------------------------------------- what is refused


def refused(text: str) -> list[str]:
    with pytest.raises(InputRefused) as found:
        read_sbml(text, file="model.xml")
    return [finding.sentence for finding in found.value.findings]


@pytest.mark.parametrize("text", ["", "<sbml", "no xml at all", "<html></html>"])
def test_what_is_no_sbml_is_said_to_be_none(text):
    assert all(sentence.startswith("error: model.xml") for sentence in refused(text))


def test_everything_that_cannot_be_said_is_found_at_once():
    text = sbml_of("model m() x' = arcsin(x); x = 0; y := factorial(3)*x; z' = delay(x, 2); z = 0; end")
    said = " ".join(refused(text))
    assert all(word in said for word in ("asin", "factorial", "delay"))


def test_of_an_error_of_libsbml_the_place_is_said_and_not_the_rule():
    head = '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>'
    text = f"""{head}<listOfParameters><parameter id="x" value="1" constant="false"/></listOfParameters>
      <listOfRules><rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><ci>nothing</ci></math></rateRule></listOfRules>
      </model></sbml>"""
    (sentence,) = refused(text)
    assert "The formula 'nothing' in the math element of the <rateRule>" in sentence
    assert "Section" not in sentence


def test_a_parameter_without_a_value_is_found():
    assert '"k"' in refused(sbml_of("model m() x' = -k*x; x = 1; end"))[0]


def test_a_constant_without_a_value_that_nothing_uses_is_left_out():
    text = """<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>
      <listOfCompartments><compartment id="C" constant="true"/></listOfCompartments>
      <listOfSpecies><species id="A" compartment="C" initialAmount="2" hasOnlySubstanceUnits="true"
        boundaryCondition="false" constant="false"/></listOfSpecies>
      <listOfParameters><parameter id="unused" constant="true"/></listOfParameters>
      <listOfRules><rateRule variable="A"><math xmlns="http://www.w3.org/1998/Math/MathML"><cn>1</cn></math></rateRule></listOfRules>
      </model></sbml>"""
    assert read_sbml(text).parameters == ()
    spoken_of = text.replace("<cn>1</cn>", "<ci>C</ci>")
    assert refused(spoken_of)[0].startswith('error: model.xml, row 2: found "C" without a value')


@pytest.mark.parametrize("value", ["exp(1000)", "ln(0 - 1)", "10^400", "0^(-1)"])
def test_a_start_that_is_no_number_is_found(value):
    (sentence,) = refused(sbml_of(f"model m() a = {value}; x' = -a*x; x = 1; end"))
    assert 'found "a" with the value' in sentence


def test_without_the_library_the_extra_is_named():
    code = (
        "import sys; sys.modules['libsbml'] = None\n"
        "from cartrace.models import read_sbml\n"
        "from cartrace.errors import MissingExtra\n"
        "try: read_sbml('<sbml/>')\n"
        "except MissingExtra as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == 'reading SBML needs an optional part: pip install "cartrace[models]"\n'


@pytest.mark.parametrize("declaration", ['<?xml version="1.0" encoding="UTF-8"?>\n', ""])
def test_a_finding_names_the_line_of_the_file(declaration):
    head = '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>\n<listOfRules>\n'
    rule = '<algebraicRule><math xmlns="http://www.w3.org/1998/Math/MathML"><cn>1</cn></math></algebraicRule>'
    line = 3 + bool(declaration)
    assert f"model.xml, row {line}:" in refused(f"{declaration}{head}{rule}\n</listOfRules></model></sbml>")[0]


def test_a_formula_too_long_is_found():
    terms = range(1500)
    text = f"model m() x' = {' + '.join(f'k{n}*x' for n in terms)}; x = 1; {' '.join(f'k{n} = 1;' for n in terms)} end"
    assert "too long or nested too deep" in refused(sbml_of(text))[0]
    deep = f"model m() x' = {'exp(' * 400}x{')' * 400}; x = 1; end"
    assert "too long or nested too deep" in refused(sbml_of(deep))[0]


@pytest.mark.parametrize(("only", "unit"), [("false", "mole/litre"), ("true", "mole")])
def test_the_unit_of_a_concentration_is_that_of_the_amount_over_that_of_the_size(only, unit):
    text = f"""<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>
      <listOfCompartments><compartment id="C" size="2" units="litre" constant="true" spatialDimensions="3"/></listOfCompartments>
      <listOfSpecies><species id="A" compartment="C" initialAmount="2" substanceUnits="mole" hasOnlySubstanceUnits="{only}"
        boundaryCondition="false" constant="false"/></listOfSpecies>
      <listOfRules><rateRule variable="A"><math xmlns="http://www.w3.org/1998/Math/MathML"><cn>1</cn></math></rateRule></listOfRules>
      </model></sbml>"""
    assert read_sbml(text).states[0].unit == unit
