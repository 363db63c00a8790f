"""How a plan about services reads."""

from stax.cli.service_tables import services_plan
from stax.model.services import Change, ServiceChange, ServicesPlan, StackPlan


def plan(*changes: ServiceChange, notes: tuple[str, ...] = ()) -> ServicesPlan:
    stack = StackPlan(stack="web", revision=2, services=changes, definition={}, notes=notes)
    return ServicesPlan(name="demo", region="local", account_id="1", stacks=(stack,))


def test_old_and_new_stand_below_the_service():
    change = Change(path="image", before="box:1", after="box:2")
    made = plan(
        ServiceChange(service="web", action="change", changes=(change,), how="2 tasks replaced one at a time"),
        ServiceChange(service="db", action="keep"),
        notes=("mind the gap",),
    )

    assert services_plan(made) == [
        "demo in local, account 1:",
        "",
        "  web, revision 2",
        "    Change  web  2 tasks replaced one at a time",
        "        image: box:1 -> box:2",
        "    Keep    db",
        "    note: mind the gap",
    ]


def test_nothing_to_do_is_one_line():
    assert services_plan(plan(ServiceChange(service="web", action="keep"))) == [
        "web: as it should be, and healthy; nothing to do"
    ]


def test_a_whole_file_as_a_value_is_cut_and_nothing_moves_the_cursor():
    change = Change(path="config contents.c", before="", after="\x1b[2J\n" + "x" * 1000)

    *_, line = services_plan(plan(ServiceChange(service="web", action="change", changes=(change,))))

    assert line.startswith("        config contents.c: - -> ")
    assert "\x1b" not in line
    assert len(line) < 250
