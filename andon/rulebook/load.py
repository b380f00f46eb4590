"""A directory of YAML to a frozen rulebook, or to everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from andon.errors import MOST_TOLD, Problem, RulebookError
from andon.rulebook.forms.book import BookForm
from andon.rulebook.merge import merge
from andon.rulebook.model import Rulebook
from andon.rulebook.problems import problems_of
from andon.rulebook.source import Source, read_source
from andon.rulebook.translate.book import translated
from andon.rulebook.translate.desk import Desk

ALL_MOST = 1_000_000
"""Bytes all files of a rulebook may have together."""
FILES_MOST = 500


def load(directory: Path, env: Mapping[str, str]) -> Rulebook:
    """Return the rulebook of a directory (or of one file); RulebookError carries all that is wrong with it."""
    files = contents(directory)
    problems: list[Problem] = []
    read: list[tuple[Source, BookForm]] = []
    for file, content in files.items():
        try:
            source = read_source(file, content)
            read.append((source, BookForm.model_validate({} if source.data is None else source.data)))
        except RulebookError as wrong:
            problems += wrong.problems
        except ValidationError as wrong:
            problems += problems_of(wrong, source)
        if len(problems) > MOST_TOLD:
            break
    if problems:
        raise RulebookError(problems)
    return _together(read, version_of(files), directory, env)


def _together(
    read: Sequence[tuple[Source, BookForm]], version: str, directory: Path, env: Mapping[str, str]
) -> Rulebook:
    book, problems = merge(read)
    if all(form.version is None for _, form in read):
        problems.append(Problem(read[0][0].file, 0, "version is missing in all files; write version: 1 in one of them"))
    desk = Desk(env)
    rulebook = translated(book, desk, version, str(directory))
    if problems or desk.problems:
        raise RulebookError([*problems, *desk.problems])
    return rulebook


def contents(directory: Path) -> dict[str, bytes]:
    """Return the bytes of a rulebook's files by name, sorted; RulebookError if there are none or too many."""
    try:
        found = paths(directory)
        total = sum(path.stat().st_size for path in found)
        if total > ALL_MOST or len(found) > FILES_MOST:
            text = f"has {len(found)} files of {total:,} bytes; allowed: {FILES_MOST} files, {ALL_MOST:,} bytes in all"
            raise RulebookError([Problem(str(directory), 0, text)])
        files = {path.name: path.read_bytes() for path in found}
    except OSError as wrong:
        raise RulebookError([Problem(str(directory), 0, f"cannot be read: {wrong.strerror or wrong}")]) from None
    if not files:
        raise RulebookError([Problem(str(directory), 0, "holds no rulebook; allowed: files that end in .yml or .yaml")])
    return files


def paths(directory: Path) -> list[Path]:
    """Return a rulebook's files, sorted; a single file is one by itself. OSError if they cannot be listed."""
    return [directory] if directory.is_file() else sorted(path for path in directory.iterdir() if _counts(path))


def version_of(files: Mapping[str, bytes]) -> str:
    """Return the sha256 of files' names and bytes."""
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        whole.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return whole.hexdigest()


def _counts(path: Path) -> bool:
    return path.suffix in {".yml", ".yaml"} and not path.name.startswith(".") and path.is_file()
