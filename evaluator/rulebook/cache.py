"""Checked rulebooks kept between commands: the same answer as `load_rulebook`, without reading YAML again.

An entry is used only when the bytes of every file that went into it are the same and no file came or went: contents
are digested at each use, never guessed from sizes or times. It is also bound to this version of engine and Python.
Entries are pickles, so they are read only from a folder that belongs to this user and that nobody else can write to.
Nothing here is needed: a missing, stale or damaged entry means reading the files.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

from evaluator._version import __version__
from evaluator.rulebook.model import Rulebook

MAGIC: Final = b"evaluator rulebook 1\n"
MOST_ENTRIES: Final = 64
POLICY, VOCABULARY = "policy.yaml", "vocabulary"


def load_cached(folder: Path, *, place: str | None, also: Collection[str], load: Callable[[], Rulebook]) -> Rulebook:
    """The rulebook of `folder` for a place, from the cache when it is there and true, else from `load`, and kept."""
    home = cache_folder()
    if home is None:
        return load()
    entry = home / f"{_question(folder, place, also)}.rulebook"
    kept = _read(entry, folder)
    if kept is not None:
        return kept
    rulebook = load()
    _write(entry, folder, rulebook)
    return rulebook


def cache_folder() -> Path | None:
    """Where entries are kept: `EVALUATOR_CACHE` (`off` for nowhere), else the user's cache folder.

    None where it cannot be made, belongs to somebody else, or others can write to it.
    """
    if not hasattr(os, "getuid"):
        return None
    named = os.environ.get("EVALUATOR_CACHE")
    if named == "off":
        return None
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(named) if named else base / "evaluator"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_ours(os.lstat(folder)) else None
    except (OSError, RuntimeError):
        return None


def _is_ours(status: os.stat_result) -> bool:
    """Owned by this user and closed to everybody else's writing; no link."""
    return status.st_uid == os.getuid() and not status.st_mode & 0o022 and not stat.S_ISLNK(status.st_mode)


def _question(folder: Path, place: str | None, also: Collection[str]) -> str:
    """What an entry answers, as a file name: which folder, for which place, read by which engine."""
    told = hashlib.sha256(MAGIC)
    parts = [__version__, sys.version, str(folder.resolve()), "" if place is None else f"at {place}", *sorted(also)]
    for part in (*parts, *_engine()):
        told.update(f"{len(part)}:{part}".encode())
    return told.hexdigest()[:32]


def _engine() -> Iterator[str]:
    """Size and time of the modules that make a rulebook, so that a changed checkout does not trust its old entries."""
    package = Path(__file__).parent
    for module in sorted((*package.glob("*.py"), *(package.parent / "feel").glob("*.py"))):
        status = module.stat()
        yield f"{module.name} {status.st_size} {status.st_mtime_ns}"


def _listing(folder: Path, policies: Collection[str]) -> dict[str, str]:
    """Digest by name of every file that an answer depends on: all policies' heads, and what is read of those concerned.

    A policy that is passed over depends on nothing but its head, which says where it applies.
    """
    names = [path.relative_to(folder).as_posix() for path in folder.glob(f"*/{POLICY}")]
    for concerned in (VOCABULARY, *policies):
        names += [path.relative_to(folder).as_posix() for path in (folder / concerned).glob("*.yaml")]
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sorted(set(names))}


def _read(entry: Path, folder: Path) -> Rulebook | None:
    try:
        with entry.open("rb") as handle:
            if not _is_ours(os.fstat(handle.fileno())):
                return None
            raw = handle.read()
        if not raw.startswith(MAGIC):
            return None
        digest, body = raw[len(MAGIC) : len(MAGIC) + 32], raw[len(MAGIC) + 32 :]
        if hashlib.sha256(body).digest() != digest:
            return None
        return _unpack(body, folder)
    except OSError:
        return None


def _unpack(body: bytes, folder: Path) -> Rulebook | None:
    import pickle
    from io import BytesIO

    stream = BytesIO(body)
    try:
        policies, listing = pickle.load(stream)
        if _listing(folder, policies) != listing:
            return None
        rulebook = pickle.load(stream)
    except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, TypeError, ValueError):
        return None
    return rulebook if isinstance(rulebook, Rulebook) else None


def _write(entry: Path, folder: Path, rulebook: Rulebook) -> None:
    """Keep an entry whole or not at all; failing to is no problem of the user's."""
    import pickle

    policies = tuple(rulebook.policies)
    try:
        head = pickle.dumps((policies, _listing(folder, policies)), protocol=5)
        body = head + pickle.dumps(rulebook, protocol=5)
        aside = entry.with_suffix(f".{os.getpid()}")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(MAGIC + hashlib.sha256(body).digest() + body)
        aside.replace(entry)
        _prune(entry.parent)
    except (OSError, pickle.PicklingError, RecursionError):
        return


def _prune(home: Path) -> None:
    """Drop the entries used longest ago."""
    entries = sorted(home.glob("*.rulebook"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in entries[MOST_ENTRIES:]:
        old.unlink(missing_ok=True)
