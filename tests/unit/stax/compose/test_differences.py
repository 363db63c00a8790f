"""A plan says service by service, property by property, what was and what will be."""

from stax.compose.differences import service_changes


def of(**services):
    return {"services": services}


def test_services_are_added_changed_removed_and_kept():
    before = of(a={"image": "x:1"}, b={"image": "y"}, c={"image": "z"})
    after = of(a={"image": "x:2"}, c={"image": "z"}, d={"image": "w"})

    found = {one.service: one for one in service_changes(before, after)}

    assert {name: one.action for name, one in found.items()} == {"a": "change", "b": "remove", "c": "keep", "d": "add"}
    (change,) = found["a"].changes
    assert (change.path, change.before, change.after) == ("image", "x:1", "x:2")


def test_a_port_is_told_by_its_number():
    port = {"published": 80, "target": 8080, "protocol": "tcp", "mode": "host"}

    (change,) = service_changes(of(a={}), of(a={"ports": [port]}))[0].changes

    assert (change.path, change.after) == ("ports[80/tcp]", "mode=host protocol=tcp published=80 target=8080")


def test_another_content_of_a_config_is_a_change():
    def with_(content):
        return {"services": {"a": {"configs": [{"source": "c"}]}}, "configs": {"c": {"content": content}}}

    (change,) = service_changes(with_("1"), with_("2"))[0].changes

    assert (change.path, change.before, change.after) == ("config contents.c", "1", "2")
