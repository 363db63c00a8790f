"""A check-up as JUnit's XML, which CI systems show: a test case for each promise."""

from xml.etree.ElementTree import Element, SubElement, tostring

from stax.model.checkup import Checkup


def junit(report: Checkup) -> str:
    """Return the document."""
    counts = {"tests": str(len(report.items)), "failures": str(len(report.faults)), "errors": "0"}
    at = report.asked_at.isoformat(timespec="seconds")
    suite = Element("testsuite", {"name": f"stax check {report.name}", "timestamp": at, **counts})
    for item in report.items:
        case = SubElement(suite, "testcase", {"classname": f"{report.name}.{item.group}", "name": item.subject})
        if item.verdict == "fail":
            SubElement(case, "failure", {"message": item.finding}).text = item.advice
        else:
            SubElement(case, "system-out").text = item.finding
    return xml(suite)


def xml(suite: Element) -> str:
    """Return a suite as a document."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, encoding="unicode") + "\n"
