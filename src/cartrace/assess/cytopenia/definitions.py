"""Published names for cytopenia after CAR-T cells, one rule for each: absent or present.

In: neutrophils, platelets, haemoglobin since the infusion, red-cell transfusions, what ends the window. Out: absent or
present, for each cell line where a definition has several. Decided here: the readings below; the bounds are those of
`definitions.tsv`.

**Published rule** one definition for each rule

    {published}

**Readings**

- Day 0 is the day of the first infusion; values before it do not count. A value crosses its bound at any time of the days
  a definition names; of a single day (28, 42) the last day with a value counts, at most `look_back_days` before it, and its
  lowest value. "Not resolved by day 28" is read as present on day 28.
- Names of several cell lines are present as soon as one line is. A line without a value leaves the whole open.
- "Grade 3 or worse" is that of CTCAE 5; `edition=6` takes version 6 (neutrophils below 500 per uL). jain2023cytopenia names
  the time only: grade 3 or worse is our reading (cartrace).
- Haemoglobin: a red-cell transfusion shows that one was indicated; `transfusion=ignored` takes it out. Silence about
  transfusions raises nothing; an entry without an answer leaves the line open.
- "For 7 days or longer" are days in a row, the lowest count of each day, with a straight line over at most `gap_days` days
  without a count. Longer gaps up to the last count may hide such a run; `unknown_days=as_measured` lets them say nothing.
- Elsewhere days without a value are no missing input: the definitions ask for values, not for days.
- A value below or above a limit of measurement could be anything beyond it; one that is not recorded, anything.
- The window ends with death, progression, next therapy or last follow-up, that day included. Counted as observed: G-CSF is
  flagged, attribution takes no part.

**Ungradable** no value that the definition asks for (`no_value`). Not applicable when the window ended before its days.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.cytopenia import states
from cartrace.assess.cytopenia.table import ON, RUN, Definition, arrays, read
from cartrace.assess.labs.bounds import NO, YES
from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import Option, Rule, Steps
from cartrace.course import Channel, Course, Events
from cartrace.course.events import event_row, gather
from cartrace.vocabulary import terms

TERMS = read()
__doc__ = (__doc__ or "").replace("{published}", "\n    ".join(term.published for term in TERMS))

EDITION = Option("edition", 0, "edition of CTCAE that grade 3 is taken from", values=(("5", 0), ("6", 1)))
TRANSFUSION = Option(
    "transfusion",
    0,
    "a red-cell transfusion shows that one was indicated, or takes no part",
    values=(("indicated", 0), ("ignored", 1)),
)
LOOK_BACK = Option("look_back_days", 7, "how long before its day a value speaks for it", "d")
GAP = Option("gap_days", 7, "days without a count that are interpolated at most", "d")
UNKNOWN_DAYS = Option("unknown_days", 0, "days of longer gaps", values=(("range", 0), ("as_measured", 1)))

_WEAK = ("The definition of marrow failure on day 42 comes from a secondary source that names no publication.",)
_OPTION_PLACES = {
    states.O_EDITION: EDITION,
    states.O_TRANSFUSION: TRANSFUSION,
    states.O_LOOK_BACK: LOOK_BACK,
    states.O_GAP: GAP,
    states.O_UNKNOWN_DAYS: UNKNOWN_DAYS,
}


def options_of(definition: Definition) -> tuple[Option, ...]:
    """The choices that a definition leaves open."""
    wanted = {
        EDITION: definition.has_editions,
        TRANSFUSION: "haemoglobin" in definition.lines,
        LOOK_BACK: definition.mode == ON,
        GAP: definition.mode == RUN,
        UNKNOWN_DAYS: definition.mode == RUN,
    }
    return tuple(option for option, here in wanted.items() if here)


def channels_of(definition: Definition) -> tuple[Channel, ...]:
    """The cell lines first, then what marks them, then what ends the window, in the order the kernel counts on."""
    analytes = terms.analytes()
    found = [Channel(a, codes=(a,), site="blood", meaning=analytes[a].meaning) for a in definition.lines]
    if "haemoglobin" in definition.lines:
        found.append(Channel("transfusion", codes=("rbc_transfusion",), meaning="red-cell transfusion"))
    if "anc" in definition.lines:
        found.append(Channel("growth_factor", meaning="G-CSF: flagged"))
    return (
        *found,
        Channel("death", codes=("death",), meaning="death"),
        Channel("progression", codes=("progression",), meaning="progression or relapse"),
        Channel("next_therapy", codes=("next_therapy",), meaning="next anticancer therapy, transplants included"),
        Channel("last_follow_up", codes=("last_follow_up",), meaning="last day on which the patient was observed"),
    )


def gather_lines(course: Course, channels: tuple[Channel, ...]) -> Events:
    """Values, transfusions, G-CSF and what ends the window."""
    named = {channel.name: i for i, channel in enumerate(channels)}
    extra = []
    for drug in course.drugs:
        name = "transfusion" if drug.drug == "red_cells" else drug.drug_class
        if drug.start.known and name in ("transfusion", "growth_factor") and name in named:
            extra.append(event_row(named[name], 1.0, moment=drug.start, uid=drug.uid))
    for procedure in course.procedures:
        if procedure.kind == "transplant" and procedure.moment.known:
            extra.append(event_row(named["next_therapy"], 0.0, moment=procedure.moment, uid=procedure.uid))
    if course.outcome.last_day is not None:
        extra.append(event_row(named["last_follow_up"], course.outcome.last_day, moment=None))
    events = gather(course, channels, extra)
    return events._replace(attributed=np.ones_like(events.attributed))


def _place(definition: Definition) -> NDArray[np.int64]:
    place = np.full(states.PLACES, -1, dtype=np.int64)
    place[states.MODE], place[states.LINES] = definition.mode, len(definition.lines)
    place[states.DAY_FROM], place[states.DAY_TO] = definition.day_from, definition.day_to
    place[states.RUN_DAYS] = definition.run_days
    named = {channel.name: i for i, channel in enumerate(channels_of(definition))}
    place[states.C_TRANSFUSION] = named.get("transfusion", -1)
    place[states.C_GROWTH_FACTOR] = named.get("growth_factor", -1)
    place[states.C_DEATH] = named["death"]
    options = options_of(definition)
    for where, option in _OPTION_PLACES.items():
        place[where] = options.index(option) if option in options else -1
    return place


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's row as records; a part for each cell line where there are several."""
    events = rule.events(course)
    steps = rule.calculate(events, option)
    lines = [channel.name for channel in rule.channels if channel.name in ("anc", "platelets", "haemoglobin")]
    several = len(lines) > 1 and not math.isnan(steps.fact[0, states.STATE])
    parts = tuple((name, _part(rule, steps, events, i, name)) for i, name in enumerate(lines)) if several else ()
    overall = rule.overall(steps, events)
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall, parts=parts)


def _part(rule: Rule, steps: Steps, events: Events, line: int, name: str) -> Grade:
    state, event = int(steps.fact[0, states.STATE + line]), int(steps.fact[0, states.EVENT + line])
    evidence = (int(events.uid[event]),) if event >= 0 else ()
    if state == states.NONE:
        return Grade(rule.name, "not graded", reasons=("no_value",), settles=(name,))
    low, high = int(state == YES), int(state != NO)
    words = rule.categories[low] if low == high else " to ".join(rule.categories)
    if low < high:
        by_transfusion = event >= 0 and rule.channels[events.channel[event]].name == "transfusion"
        settles = ("transfusion" if by_transfusion else name,)
        return Grade(rule.name, "range", low, high, words=words, settles=settles, evidence=evidence)
    return Grade(rule.name, "graded", low, high, words=words, evidence=evidence)


def _rule(definition: Definition) -> Rule:
    cited = definition.source, "cartrace"
    return Rule(
        id=f"cytopenia.{definition.name}",
        version="1",
        title=definition.title,
        module=__name__,
        channels=channels_of(definition),
        options=options_of(definition),
        reasons=states.REASONS,
        sources=cited,
        provisional=_WEAK if definition.name == "marrow_failure" else (),
        kernel=states.kernel_for(*arrays(definition), _place(definition)),
        rows=lambda events: 1,
        assess=assess,
        categories=("absent", "present"),
        until=states.END,
        gather=gather_lines,
    )


RULES: tuple[Rule, ...] = tuple(_rule(definition) for definition in TERMS)
