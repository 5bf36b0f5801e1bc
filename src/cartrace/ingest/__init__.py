"""Files to courses: every problem found at once, units converted here and nowhere else.

In: a course folder, a folder of them, or one table. Out: `Reading` (courses, findings, input hashes).
Decided here: what is accepted, what is refused, and in which words.
"""

from cartrace.ingest.reading import Reading, check, read
from cartrace.ingest.table import TableDefaults

__all__ = ["Reading", "TableDefaults", "check", "read"]
