"""A module that takes a minute to import; no test imports it itself."""

from __future__ import annotations

import time

time.sleep(60)
