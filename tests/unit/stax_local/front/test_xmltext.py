import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from stax_local.front.xmltext import REPLACEMENT, xml_text


@given(st.text())
def test_whatever_a_client_said_can_be_said_back(text: str) -> None:
    read = ET.fromstring(f"<a>{xml_text(text)}</a>").text or ""  # noqa: S314 - our own
    assert len(read) == len(text)
    assert all(here in (there, REPLACEMENT) for here, there in zip(read, text, strict=True))


def test_only_what_xml_cannot_say_is_replaced() -> None:
    assert xml_text("a\x00b\x1b<&>\r\n\t\ud800") == f"a{REPLACEMENT}b{REPLACEMENT}&lt;&amp;&gt;&#13;\n\t{REPLACEMENT}"
