"""Reports: one self-contained page per course, its PDF, an overview of many courses, and the explanation of any number.

In: `ReportContents`. Out: HTML text, PDF bytes, `Explanation`.
Decided here: nothing in a page asks the network; the same contents give the same bytes.
"""

from cartrace.report.addresses import addresses
from cartrace.report.contents import ReportContents
from cartrace.report.explained import Explanation
from cartrace.report.explanation import explain
from cartrace.report.overview import index
from cartrace.report.page import html, pdf

__all__ = ["Explanation", "ReportContents", "addresses", "explain", "html", "index", "pdf"]
