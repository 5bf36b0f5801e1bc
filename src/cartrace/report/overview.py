from cartrace.report.contents import ReportContents
from collections.abc import Sequence


def index(rows: Sequence[tuple[ReportContents, str]]) -> str:
    return ""
