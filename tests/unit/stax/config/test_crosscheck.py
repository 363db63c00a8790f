from ipaddress import IPv4Network

from stax.config.crosscheck import Allowances, findings

STRICT = Allowances()


def test_the_least_size_is_no_more_than_the_most():
    assert list(findings({"ClusterSize": 10, "ClusterMaxSize": 9}, STRICT)) == [
        ("ClusterSize", "more than ClusterMaxSize 9", "")
    ]


def test_an_instance_type_has_the_processor_that_is_asked_for():
    assert list(findings({"Architecture": "arm64", "NATInstanceType": "t3.small"}, STRICT)) == [
        ("NATInstanceType", "has an x86_64 processor, yet Architecture is arm64", "t4g.small")
    ]


def test_ssh_from_more_than_an_office_must_be_meant():
    wide = {"AllowSSHFrom": IPv4Network("198.51.0.0/16")}

    assert [key for key, _, _ in findings(wide, STRICT)] == ["AllowSSHFrom"]
    assert list(findings(wide, Allowances(wide_ssh=True))) == []
    assert list(findings({"AllowSSHFrom": IPv4Network("198.51.100.0/24")}, STRICT)) == []


def test_what_is_wrong_by_itself_is_not_judged_again():
    assert list(findings({}, STRICT)) == []
