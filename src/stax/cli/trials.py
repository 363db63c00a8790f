"""How a test of a whole stax reads: what it will do, and how it went; as a table and as JUnit's XML."""

from xml.etree.ElementTree import Element, SubElement

from stax.cli import plans
from stax.cli.junit import xml
from stax.cli.tables import Table
from stax.cli.text import duration, printable
from stax.model.trial import StepResult, TrialPlan, TrialReport


def plan_lines(plan: TrialPlan, *, keeps: bool) -> list[str]:
    """Return what will be made, walked, and taken away."""
    lines = plans.creation(plan.creation, in_full=False)
    lines += ["", f"It is walked through in {len(plan.steps)} steps: {', '.join(name for name, _ in plan.steps)}."]
    lines.append("Machines of it are broken on purpose.")
    lines += [f"{name}, which an earlier test left behind, is removed first." for name in plan.leftovers]
    lines.append("Then it is kept (--keep)." if keeps else "Then all of it is taken away, however the walk ends.")
    return [printable(line) for line in lines]


def table(report: TrialReport) -> Table:
    """Return a line for each step."""
    rows: list[tuple[str, ...]] = [
        (one.step, one.verdict, duration(one.elapsed_s), _finding(one)) for one in report.results
    ]
    rows.append(("", "", duration(report.elapsed_s), ""))
    return Table(headings=("STEP", "VERDICT", "TOOK", "FINDING"), rows=rows, numbers=frozenset({"TOOK"}))


def _finding(result: StepResult) -> str:
    if result.reason:
        return result.reason
    took = [f"{what} {seconds:.1f} s" for what, seconds in result.measured.items()]
    held = f"{len(result.assertions)} as promised" if result.assertions else ""
    return ", ".join(filter(None, (held, *took)))


def junit(report: TrialReport) -> str:
    """Return the walk as JUnit's XML: a test case for each step."""
    skipped = sum(one.verdict == "skipped" for one in report.results)
    counts = {"tests": len(report.results), "failures": len(report.failures), "errors": 0, "skipped": skipped}
    at = report.began_at.isoformat(timespec="seconds")
    named = {"name": f"stax test {report.name}", "timestamp": at, "time": f"{report.elapsed_s:.1f}"}
    suite = Element("testsuite", {**named, **{word: str(count) for word, count in counts.items()}})
    for result in report.results:
        _case(suite, report, result)
    return xml(suite)


def _case(suite: Element, report: TrialReport, result: StepResult) -> None:
    named = {"classname": f"stax.test.{report.region}", "name": result.step, "time": f"{result.elapsed_s:.1f}"}
    case = SubElement(suite, "testcase", named)
    if result.verdict == "failed":
        SubElement(case, "failure", {"message": printable(result.reason)}).text = printable(result.advice)
    elif result.verdict == "skipped":
        SubElement(case, "skipped", {"message": printable(result.reason)})
    lines = [f"{'ok  ' if one.ok else 'FAIL'}  {one.subject}: {one.finding}" for one in result.assertions]
    lines += [f"time  {what}: {seconds:.2f} s" for what, seconds in result.measured.items()]
    SubElement(case, "system-out").text = "\n".join(map(printable, (result.about, *lines)))
