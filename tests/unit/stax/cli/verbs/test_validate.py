import json
import subprocess
import sys
from pathlib import Path

EXAMPLE = "config/config.json.example"


def test_the_example_and_the_template_are_fine(stax):
    outcome = stax("validate", "-c", EXAMPLE)

    assert outcome.exit_code == 0, outcome.out


def test_everything_wrong_is_said_at_once_with_its_place(stax, tmp_path):
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"ClusterSize": 0,\n "Projct": "x",\n "VpcCidr": "10.0.0.1/16", "CostCenter": "1"}')

    outcome = stax("validate", "-c", str(wrong))

    assert outcome.exit_code == 2
    places = [line.partition(": ")[0] for line in outcome.out.splitlines()]
    assert places == [f"{wrong}:{place}" for place in ("1:17", "2:2", "3:13")]


def test_json_has_each_finding(stax, tmp_path):
    template = tmp_path / "mine.yaml"
    template.write_text("Resources: {Vpc: {Type: AWS::EC2::VPX}}")

    outcome = stax("validate", str(template), "-o", "json")
    told = json.loads(outcome.out)

    assert outcome.exit_code == 2
    assert told["is_fine"] is False
    assert told["findings"][0]["path"] == str(template)


def test_a_missing_configuration_is_a_finding_with_what_to_do(stax, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    outcome = stax("validate")

    assert outcome.exit_code == 2
    assert "cp config/config.json.example" in outcome.out


def test_offline_means_without_the_aws_library():
    script = (
        "import sys; sys.argv = ['stax', 'validate', '-c', 'config/config.json.example']\n"
        "from stax.cli.main import main\n"
        "main()\n"
        "print('botocore' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "False"


def test_the_example_is_where_it_is_looked_for():
    assert Path(EXAMPLE).exists()
