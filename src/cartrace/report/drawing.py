"""The figures of a page: SVG in the page itself, and specifications for the script that replaces it on screen.

In: contents. Out: `Drawing` blocks, the script of the drawing library.
Decided here: the ids of each drawing get its key in front, so that several drawings share a page; what a drawing shows
is also said as a sentence for those who do not see it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from cartrace.figures import course_figure
from cartrace.figures.description import Chart, FigureDescription, Lanes
from cartrace.kinetics import ProfileResult
from cartrace.report.addresses import slug
from cartrace.report.contents import ReportContents
from cartrace.report.layout import Drawing

AUC = "auc_0_28"
"""The area that is shaded where it has a value."""

SCRIPT = Path("package_data") / "plotly.min.js"


def course(contents: ReportContents, *, interactive: bool) -> Drawing:
    """The course figure."""
    described = course_figure(contents.course, contents.assessments, contents.profiles)
    return _drawing(described, "figure-course", interactive)


def kinetics(contents: ReportContents, profile: ProfileResult, *, interactive: bool) -> Drawing:
    """The figure of one kinetic profile."""
    from cartrace.figures.kinetics import kinetics_figure

    valued = {metric.id for metric in profile.metrics if metric.value is not None}
    described = kinetics_figure(contents.course, profile, auc=AUC if AUC in valued else "")
    clock = f"-infusion-{profile.infusion}" if profile.infusion > 1 else ""
    return _drawing(described, f"figure-{slug(described.panels[0].key)}{clock}", interactive)


def prediction(described: FigureDescription, key: str, *, interactive: bool) -> Drawing:
    """A figure of simulated patients: no value of a curve stands in a row."""
    return replace(_drawing(described, key, interactive), pointed="Point at a line for its value")


def _drawing(described: FigureDescription, key: str, interactive: bool) -> Drawing:
    from cartrace.figures import static
    from cartrace.figures.interactive import NARROW, WIDE, to_spec

    return Drawing(
        key=key,
        svg=inline(static.to_svg(described), key=key, alt=alt(described)),
        alt=alt(described),
        wide=to_spec(described, width=WIDE) if interactive else None,
        narrow=to_spec(described, width=NARROW) if interactive else None,
    )


def alt(described: FigureDescription) -> str:
    """What a figure shows, as a sentence."""
    shown = []
    for panel in described.panels:
        if isinstance(panel, Chart):
            points = sum(len(series.points) for series in panel.series)
            shown.append(f"{panel.axis.label} ({points} values)")
        elif isinstance(panel, Lanes):
            shown.append(f"{panel.title}: {', '.join(lane.name for lane in panel.lanes)}")
    span = f"day {described.axis.start:.0f} to {described.axis.end:.0f}".replace("-", "−")
    return f"{described.title}. Time axis from {span}. Shown: {'; '.join(shown) or 'no values'}."


def inline(svg: str, *, key: str, alt: str) -> str:
    """An SVG file as part of a page: without its prolog, ids of its own and each once, a title for readers."""
    from markupsafe import escape

    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    seen: Counter[str] = Counter()

    def own(found: re.Match[str]) -> str:
        seen[found[1]] += 1
        number = seen[found[1]]
        return f'id="{key}-{found[1]}"' if number == 1 else f'id="{key}-{found[1]}-{number}"'

    body = re.sub(r'\bid="([^"]+)"', own, body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{key}-\1"', body)
    head, _, rest = body.partition(">")
    head = re.sub(r' (width|height|xmlns:xlink|version)="[^"]*"', "", head)
    return f'{head} role="img" aria-labelledby="{key}-title"><title id="{key}-title">{escape(alt)}</title>{rest}'


@cache
def library() -> str:
    """The drawing library's script, packed; read without importing the library: it takes longer than the whole report."""
    from cartrace.report.writing import packed

    found = find_spec("plotly")
    places = (found.submodule_search_locations or []) if found else []
    for place in places:
        path = Path(place) / SCRIPT
        if path.is_file():
            return packed(path.read_text(encoding="utf-8"))
    return ""
