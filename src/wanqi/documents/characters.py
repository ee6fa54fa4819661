"""Characters that a document format cannot carry."""

from __future__ import annotations

import re

# XML 1.0 knows no control characters besides tab and newline, no surrogates and no U+FFFE/U+FFFF. They are
# shown as a full-width question mark rather than dropped: somebody should see that the text is damaged.
_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "？"


def carried(text: str) -> str:
    """`text` with line ends as newline and every character that XML cannot carry as ？."""
    return _FORBIDDEN.sub(REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))
