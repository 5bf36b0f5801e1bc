"""trial.yaml to a trial, with every problem found at once.

In: YAML text, or the name of a bundled trial. Out: `Trial`, or `InputRefused`.
Decided here: keys as fields.toml describes them; the findings of the scenarios of its arms are among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cartrace.errors import CartraceError, InputRefused, UnknownTerm
from cartrace.ingest.collector import Collector, one_of, quoted
from cartrace.ingest.sections import Entry, SectionReader
from cartrace.ingest.yaml_tree import parse
from cartrace.simulate import scenario_file
from cartrace.simulate.outcomes import OUTCOMES
from cartrace.simulate.scenario import HYPOTHESES, Hypothesis, Scenario
from cartrace.vocabulary import sources, terms


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: a scenario, and how many patients one trial gives it."""

    name: str
    scenario: Scenario
    patients: int


@dataclass(frozen=True, slots=True)
class Observed:
    """What a real trial saw in one arm: patients with the outcome of patients asked, and where it stands."""

    outcome: str
    arm: str
    events: int
    of: int
    locator: str


@dataclass(frozen=True, slots=True)
class Trial:
    """Arms compared with the first one, `repeats` times, patients drawn from a pool of `pool` virtual ones."""

    id: str
    title: str
    arms: tuple[Arm, ...]
    outcomes: tuple[str, ...]
    repeats: int
    pool: int
    seed: int
    hypotheses: tuple[Hypothesis, ...]
    observed: tuple[Observed, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]


class PoolTooSmall(CartraceError):
    """Fewer virtual patients than one trial needs."""


def checked(trial: Trial) -> Trial:
    """The trial, when its pool is large enough. Raises `PoolTooSmall`."""
    needed = sum(arm.patients for arm in trial.arms)
    if trial.pool < needed:
        raise PoolTooSmall(f"a pool of {trial.pool} is less than the {needed} patients of all arms: enlarge the pool")
    return trial


def load(name: str) -> Trial:
    """A bundled trial by its name, or a file; scenarios named in it lie beside it. Raises `UnknownTerm`, `InputRefused`."""
    file, text = scenario_file.text_of(name, "trials")
    beside = None if name in scenario_file.bundled("trials") else Path(name).parent
    return read(text, file=file, beside=beside)


def read(text: str, *, file: str = "trial.yaml", beside: Path | None = None) -> Trial:
    """The trial of a YAML text. Raises `InputRefused` with every finding."""
    collector = Collector()
    tree = parse(text, file=file, collector=collector)
    if tree is None:
        if not collector.has_errors:
            collector.add(
                "error", "yaml.empty", file=file, found="an empty file", expected="a trial", action="describe the trial"
            )
        raise InputRefused(collector.findings())
    reader = _TrialReader(SectionReader(file=file, collector=collector, described=scenario_file.described()), beside)
    trial = reader.read(reader.sections.read(tree, "trial"))
    if collector.has_errors or reader.findings:
        raise InputRefused((*collector.findings(), *reader.findings))
    return trial


class _TrialReader:
    """The entries of one trial file into a trial; findings of its scenarios are kept beside its own."""

    def __init__(self, sections: SectionReader, beside: Path | None) -> None:
        self.sections = sections
        self.beside = beside
        self.findings: list[object] = []

    def error(self, entry: Entry, key: str, found: str, expected: str, action: str) -> None:
        row = entry.lines.get(key, entry.line) or None
        self.sections.error("trial.contradiction", row=row, column=key, found=found, expected=expected, action=action)

    def read(self, top: Entry) -> Trial:
        arms = tuple(arm for entry in top.get("arms", ()) if (arm := self._arm(entry)) is not None)
        names = [entry.get("name", "") for entry in top.get("arms", ())]
        if len(set(names)) < max(len(names), 2):
            found = f"{len(names)} arms, {len(set(names))} names"
            self.error(top, "arms", found, "two arms or more, each with its own name", "name the arms")
        known = tuple(outcome.id for outcome in OUTCOMES)
        for word in top.get("endpoints", ()):
            self._known(top, "endpoints", word, known)
        pool, needed = top.get("pool", 400), sum(arm.patients for arm in arms)
        if pool < needed:
            self.error(
                top, "pool", f"a pool of {pool}", f"{needed} or more, the patients of all arms", "enlarge the pool"
            )
        for key in top.get("sources", ()):
            self._known(top, "sources", key, tuple(sources.sources()))
        hypothesis = top.get("hypothesis", "both")
        if hypothesis != "both" and len({arm.scenario.product.knock_down for arm in arms}) > 1:
            found = f"{hypothesis} alone, and arms that differ in the knock-down"
            self.error(top, "hypothesis", found, "both: the knock-down means another thing under each", "write both")
        return Trial(
            id=top.get("id", ""),
            title=top.get("title", ""),
            arms=arms,
            outcomes=tuple(top.get("endpoints", known)),
            repeats=top.get("repeats", 1000),
            pool=pool,
            seed=top.get("seed", 1),
            hypotheses=HYPOTHESES if hypothesis == "both" else (hypothesis,),
            observed=tuple(self._observed(entry, names) for entry in top.get("observed", ())),
            sources=tuple(top.get("sources", ())),
            notes=tuple(top.get("notes", ())),
        )

    def _known(self, entry: Entry, key: str, word: str, known: tuple[str, ...]) -> None:
        if word not in known:
            near = terms.nearest(word, known)
            listed = known if len(known) <= len(OUTCOMES) else ("a key of the bibliography",)
            self.error(entry, key, quoted(word), one_of(listed, near), "correct the word")

    def _arm(self, entry: Entry) -> Arm | None:
        name, patients = entry.get("scenario", ""), entry.get("patients", 1)
        if not name:
            return None
        bundled = name in scenario_file.bundled("scenarios")
        try:
            scenario = scenario_file.load(name, entry.get("changes", {}), beside=None if bundled else self.beside)
        except UnknownTerm as unknown:
            near = terms.nearest(name, scenario_file.bundled("scenarios"))
            expected = one_of(("a bundled scenario, or a file beside this one",), near)
            self.error(entry, "scenario", str(unknown).partition(";")[0], expected, "correct the name")
            return None
        except InputRefused as refused:
            self.findings += refused.findings
            return None
        return Arm(entry.get("name", ""), scenario, patients)

    def _observed(self, entry: Entry, arms: list[str]) -> Observed:
        outcome, arm = entry.get("endpoint", ""), entry.get("arm", "")
        events, of = entry.get("events", 0), entry.get("of", 1)
        self._known(entry, "endpoint", outcome, tuple(one.id for one in OUTCOMES if one.kind == "share"))
        self._known(entry, "arm", arm, tuple(arms))
        if events > of:
            self.error(entry, "events", f"{events} of {of}", f"at most {of}", "correct the counts")
        return Observed(outcome, arm, events, of, entry.get("locator", ""))
