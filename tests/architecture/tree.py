"""The source as syntax trees: read once, asked by every test here."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent.parent
PACKAGE = BASE / "luodi"
# Libraries without tables: they may name their files by noun.
LIBRARIES = {"kit", "gongwen", "prose", "eventlogs"}


@cache
def parse(path: Path) -> ast.Module:
    """The tree of one file."""
    return ast.parse(path.read_text(), str(path))


def name(path: Path) -> str:
    """The path inside the package, as exceptions name it: problems/actions.py."""
    return path.relative_to(PACKAGE).as_posix()


@cache
def sources() -> list[Path]:
    """Every Python file of the product but generated migrations."""
    return sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)


@cache
def templates() -> list[Path]:
    """Every template of the product."""
    return sorted(p for p in PACKAGE.rglob("templates/**/*") if p.suffix in {".html", ".svg", ".txt"})


def module_of(path: Path) -> str:
    """The module (noun) a file belongs to."""
    return path.relative_to(PACKAGE).parts[0]


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def at_edge(path: Path) -> bool:
    """Whether a file is where requests and commands come in: there the clock may be asked."""
    return path.name in {"views.py", "api.py"} or "commands" in path.parts


@cache
def tracked() -> list[Path]:
    """Files that are or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=True).stdout
    return [path for line in listed.split("\0") if line and (path := BASE / line).is_file()]
