"""R1: nothing but `net` opens a connection to the outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "syndicator"
_CLIENTS = ("requests", "urllib3", "http.client", "urllib.request", "httpx", "aiohttp", "socket",
            "ftplib", "smtplib", "asyncio", "socketserver", "http.server", "uvicorn")  # fmt: skip
_SERVING = {"socket", "asyncio", "uvicorn"}
_MAY = {  # who listens, or speaks to the service manager, and with what
    "server": _SERVING,
    "daemon": _SERVING,
    "demo": {*_SERVING, "http.server", "socketserver"},
    "cli": {"socket"},
}


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def forbidden(path: Path) -> set[str]:
    """Clients that this file of ours imports and should not."""
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if part == "net":
        return set()
    found = set(imports(ast.parse(path.read_text("utf-8"))))
    clients = {c for c in _CLIENTS for name in found if name == c or name.startswith(f"{c}.")}
    return clients - _MAY.get(part, set())


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=str(path.relative_to(PACKAGE))) for path in PACKAGE.rglob("*.py")],
)
def test_r01_only_the_gate_opens_connections(path: Path) -> None:
    assert forbidden(path) == set()


@pytest.mark.parametrize(
    "line",
    ["import requests", "from urllib import request", "import http.client", "from socket import x"],
)
def test_r01_a_client_anywhere_else_is_found(line: str) -> None:
    found = set(imports(ast.parse(f"def late():\n    {line}\n")))

    assert any(name == c or name.startswith(f"{c}.") for name in found for c in _CLIENTS)
