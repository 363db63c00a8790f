"""A problem is said in one printable line, whatever the template put into it."""

from stax.synth.problems import TemplateProblem, UnreadableTemplate, located


def test_it_says_where_what_and_the_nearest_right_name():
    problem = TemplateProblem("reference", "Vcp does not exist", ("Resources", "A", 0), line=3, nearest="Vpc")

    assert str(problem) == "Resources.A.0: Vcp does not exist; did you mean Vpc? [reference]"


def test_nothing_in_it_acts_on_the_terminal():
    problem = TemplateProblem("section", "\x1b[31mred\n", ("\x1b]0;title\x07",))

    assert str(problem).isprintable()
    assert UnreadableTemplate("a\nb", problem).message.isprintable()


def test_a_very_long_text_is_cut():
    assert len(str(TemplateProblem("x", "a" * 100_000))) < 500


def test_a_place_is_written_as_editors_read_it():
    assert located("t.yaml", 3) == "t.yaml:3"
    assert located("t.yaml", None) == "t.yaml"
