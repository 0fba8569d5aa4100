"""Who holds leases and claims: a process, named so that its end can be seen from outside."""

from __future__ import annotations

import os
from pathlib import Path


def own_name() -> str:
    """This process: machine, pid, and when it started, since pids are used again."""
    pid = os.getpid()
    return f"{os.uname().nodename}/{pid}/{_started(pid)}"


def is_alive(owner: str) -> bool:
    """Whether the process of that name still runs; on another machine it may."""
    host, _, rest = owner.rpartition("/")[0].rpartition("/")
    if not host or host != os.uname().nodename or not rest.isdecimal():
        return bool(host) and host != os.uname().nodename
    pid = int(rest)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, so there
    return _started(pid) == owner.rpartition("/")[2]


def _started(pid: int) -> str:
    """Clock ticks since boot, from Linux's /proc; "" where there is none."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="latin-1")
    except OSError:
        return ""
    fields = status.rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else ""
