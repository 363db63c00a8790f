import json

from stax.cli.answers import tell_result


def test_people_get_lines_and_programs_a_last_line(new_terminal):
    people, programs = new_terminal(), new_terminal()
    programs.output = "json"

    tell_result({"name": "web"}, ["web  CREATE_COMPLETE"], people)
    tell_result({"name": "web"}, ["web  CREATE_COMPLETE"], programs)

    assert people.stdout.getvalue() == "web  CREATE_COMPLETE\n"
    assert json.loads(programs.stdout.getvalue()) == {"event": "Result", "result": {"name": "web"}}
