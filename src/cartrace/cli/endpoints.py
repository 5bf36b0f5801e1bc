"""`cartrace endpoints`: survival, response duration and competing events of each course."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cartrace.cli import door
from cartrace.cli.door import guarded, json_option, path_argument

if TYPE_CHECKING:
    from cartrace.assess.endpoints import CourseEndpoints, Endpoint

HEADER = ("course", "endpoint", "from_day", "time_d", "state", "remarks")
CSV_HEADER = ("course", "endpoint", "from_day", "time_d", "state", "reason", "flags", "provisional")


@click.command(short_help="Derive survival endpoints of each course: OS, EFS, RFS, DOR, CIR, NRM.")
@path_argument
@click.option("--response", default="response.ball", metavar="ID", help="The edition that says what a remission is.")
@click.option("--landmark", type=click.IntRange(1), default=28, help="Study day by which a remission is expected.")
@click.option(
    "--no-response-at",
    type=click.Choice(["landmark", "start"]),
    default="landmark",
    help="When the event of a patient without remission happens.",
)
@click.option(
    "--censor-at-next-therapy",
    type=click.Choice(["no", "transplant", "any"]),
    default="no",
    help="Ends follow-up of EFS, RFS, DOR and CIR.",
)
@click.option(
    "--censor-at",
    type=click.Choice(["last_assessment", "last_follow_up"]),
    default="last_assessment",
    help="Where EFS, RFS, DOR and CIR end when nothing happened.",
)
@click.option(
    "--dor-death", type=click.Choice(["disease", "any"]), default="disease", help="Deaths that end a response."
)
@door.csv_option
@json_option
@guarded
def command(path: Path, landmark: int, as_csv: bool, as_json: bool, **said: Any) -> None:
    """Derive overall, event-free and relapse-free survival, duration of response, relapse and non-relapse mortality.

    One row for each course and endpoint: an event, a competing event or a censored time, or why there is none.

    \b
    Example: cartrace endpoints my-courses --csv
             cartrace endpoints my-course --censor-at-next-therapy transplant
    """
    from cartrace import study
    from cartrace.assess.endpoints import EndpointChoices, endpoints
    from cartrace.assess.endpoints.derive import SOURCES
    from cartrace.cli.columns import aligned, comma_separated
    from cartrace.cli.plain import to_json

    choices = EndpointChoices(landmark_day=landmark, **said)
    done = study.run(path, grade=False, measure=False)
    door.say_findings(done.findings)
    found = [endpoints(one.course, choices) for one in done.courses]
    if as_json:
        records = [{"course": f.course, "best_response": f.best_response, "endpoints": f.endpoints} for f in found]
        click.echo(to_json({"choices": choices, "courses": records, "sources": SOURCES}))
    elif as_csv:
        click.echo(comma_separated(CSV_HEADER, [row for one in found for row in _csv_rows(one)]))
    else:
        click.echo(aligned(HEADER, [row for one in found for row in _text_rows(one)]))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _place(course: str, endpoint: Endpoint) -> tuple[str, ...]:
    return course, endpoint.id, _number(endpoint.start), _number(endpoint.time), endpoint.state


def _text_rows(one: CourseEndpoints) -> list[tuple[str, ...]]:
    best = one.best_response
    rows: list[tuple[str, ...]] = [(one.course, "best response", "", "", best.text, f"By {best.rule}.")]
    for endpoint in one.endpoints:
        flags = "".join(f" {flag.replace('_', ' ').capitalize()}." for flag in endpoint.flags)
        provisional = " Definition from memory." if endpoint.provisional else ""
        rows.append((*_place(one.course, endpoint), f"{endpoint.name}: {endpoint.reason}{flags}{provisional}"))
    return rows


def _csv_rows(one: CourseEndpoints) -> list[tuple[object, ...]]:
    best = one.best_response
    rows: list[tuple[object, ...]] = [
        (
            one.course,
            "best_response",
            "",
            "",
            best.text,
            "",
            " ".join(best.reasons),
            "yes" if best.provisional else "no",
        )
    ]
    for endpoint in one.endpoints:
        provisional = "yes" if endpoint.provisional else "no"
        rows.append((*_place(one.course, endpoint), endpoint.reason, " ".join(endpoint.flags), provisional))
    return rows
