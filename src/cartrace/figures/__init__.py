"""Figures: one description, drawn on paper and on screen.

In: a course, its assessments, its kinetic profiles. Out: a description; `static` and `interactive` draw it.
Decided here: what is shown and where. Looks are in look.py only; nothing here writes a file.
"""

from cartrace.figures.course import course_figure

__all__ = ["course_figure"]
