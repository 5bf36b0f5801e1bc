from cartrace.report.contents import ReportContents


def html(contents: ReportContents) -> str:
    return ""


def pdf(contents: ReportContents) -> bytes:
    return b""
