"""Characters that no text of ours holds.

They are dropped from what others say (`text.clean`), refused in what the operator writes, since it
is a slip to be seen (`config`), and part words in what a visitor asks (`server.search`).
"""

from __future__ import annotations

import re

# What XML 1.0 cannot write (production Char), and what only a mistake brings about: DEL and C1 by
# a wrong decoding, and noncharacters, which XML discourages (R14).
UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
