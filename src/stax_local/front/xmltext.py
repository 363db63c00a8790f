"""Text inside XML: escaped, and without the characters that XML 1.0 cannot say at all.

What a client sent comes back in messages; a control character in it must not make the whole answer
unreadable.  https://www.w3.org/TR/xml/#charsets
"""

import re
from xml.sax.saxutils import escape

_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "\ufffd"


def xml_text(text: str) -> str:
    """The text as it may stand between two tags; a carriage return survives the reader's normalisation."""
    return escape(_UNSAYABLE.sub(REPLACEMENT, text), {"\r": "&#13;"})
