from stax_local.identity import CallerIdentity
from stax_local.service import Caller


def test_says_the_callers_own_name() -> None:
    service = CallerIdentity(lambda access_key_id: f"AIDA{access_key_id}")
    caller = Caller("123456789012", "eu-west-1", "KEY", "arn:aws:iam::123456789012:user/local")
    assert service.operations()["GetCallerIdentity"](caller, {}) == {
        "UserId": "AIDAKEY",
        "Account": "123456789012",
        "Arn": "arn:aws:iam::123456789012:user/local",
    }
