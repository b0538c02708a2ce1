"""Outputs that appear whole or not at all, and a run that goes on where a killed one stopped.

Everything is written into `.NAME.partial` beside the output folder NAME. A finished partition has a marker with the
sizes and digests of its files, written after them; what has no true marker is made again. The folder gets its name when
its manifest is in it: a folder called NAME is a finished one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from typing import Final, TypeAlias

from evaluator.batch.store import FILES, FINDINGS, FOLDERS, TABLES, Counts, Digest, Elsewhere, Store, sync
from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.record import record

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

MANIFEST: Final = "manifest.json"
PLAN: Final = "plan.json"
PARTS: Final = "parts"
CHUNK: Final = 1024 * 1024


@record
class Part:
    """A finished partition; `next` is where the one after it begins in the input."""

    number: int
    counts: Counts
    digest: Digest
    files: Mapping[str, tuple[int, str]]
    next: tuple[int, ...] = ()

    def data(self) -> dict[str, Json]:
        """As its marker and the manifest write it."""
        counts = self.counts
        return {
            "number": self.number,
            "read": counts.read,
            "answered": counts.answered,
            "rejected": counts.rejected,
            "findings": counts.findings,
            "by_hand": counts.by_hand,
            "digest": self.digest.text(),
            "next": list(self.next),
            "files": {name: [size, sha] for name, (size, sha) in self.files.items()},
        }


@record
class PartFiles:
    """The names of a partition's files."""

    folder: Path
    number: int

    def findings(self, nth: int) -> Path:
        """Those of the `nth` query, from 1; 0 is for what was answered profile by profile."""
        return self.folder / FINDINGS / (f"{self.number:06}-{nth:03}.parquet" if nth else f"{self.number:06}.parquet")

    @property
    def profiles(self) -> Path:
        """Profiles that were answered elsewhere; a number follows."""
        return self.folder / "profiles" / f"{self.number:06}.parquet"


class Workspace:
    """The folder beside the output while a batch runs; nobody else may run into the same output meanwhile."""

    def __init__(self, out: Path, plan: Mapping[str, Json]) -> None:
        self.out, self.plan = out, dict(plan)
        self.folder = out.with_name(f".{out.name}.partial")

    def finished(self) -> dict[str, Json] | None:
        """The manifest of an output that is there already, when it answers the very same question. Else RuleError."""
        if not self.out.exists():
            return None
        found = _json(self.out / MANIFEST)
        if found is not None and found.get("plan") == self.plan:
            return found
        hint = "name another with `--out`, or move the old one away"
        raise RuleError([Diagnostic("exists", "there is something here already", where=str(self.out), help=hint)])

    @contextmanager
    def opened(self) -> Iterator[bool]:
        """The folder, ours alone; yields whether it holds partitions of the same question that can be kept."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _locked(self.folder):
                goes_on = _json(self.folder / PLAN) == self.plan
                if not goes_on:
                    self._empty()
                for name in (*FOLDERS, PARTS):
                    (self.folder / name).mkdir(exist_ok=True)
                write_json(self.folder / PLAN, self.plan)
                yield goes_on
        except OSError as error:
            reason = (error.strerror or "it cannot be written").lower()
            where = str(error.filename or self.folder)
            raise RuleError([Diagnostic("unwritable", f"cannot write the output: {reason}", where=where)]) from error

    def _empty(self) -> None:
        for path in self.folder.iterdir():
            if path.name == LOCK:
                continue
            if path.is_dir() and not path.is_symlink():
                rmtree(path)
            else:
                path.unlink()

    def part(self, number: int) -> Part | None:
        """A partition that was finished before, when its files are as its marker says."""
        found = _json(self.folder / PARTS / f"{number:06}.json")
        if found is None:
            return None
        try:
            part = _part(found)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None
        for name, (size, sha) in part.files.items():
            path = self.folder / name
            if not path.is_file() or path.stat().st_size != size or sha256_of(path) != sha:
                return None
        return part

    def files(self, number: int) -> PartFiles:
        """The names of a partition's files."""
        return PartFiles(folder=self.folder, number=number)

    def finish_part(
        self,
        number: int,
        store: Store,
        counts: Counts,
        findings: Mapping[Path, str],
        elsewhere: Elsewhere | None,
        next: tuple[int, ...],
    ) -> Part:
        """Write the files of the partition in `store`, then its marker.

        `findings` are the files of findings, written before, each with a relation that gives its rows in the long form;
        `elsewhere` tells of those whose rows are summed up already.
        """
        columns = ", ".join(name for name, _ in TABLES[FINDINGS])
        relations = [FINDINGS] if elsewhere is not None else list(findings.values())
        rows = " UNION ALL ".join(f"SELECT {columns} FROM {relation}" for relation in relations)
        digest, total = store.sum_up(f"({rows})", elsewhere)
        written = [*findings, *(elsewhere.profiles if elsewhere is not None else ())]
        for name in FILES:
            written.append(self.folder / name / f"{number:06}.parquet")
            store.copy(FILES[name], written[-1])
        whole = replace(counts, findings=total)
        return self._mark(Part(number=number, counts=whole, digest=digest, files=self._told(written), next=next))

    def replace_files(self, part: Part, written: Mapping[Path, Path]) -> Part:
        """Put other files in the place of some of a partition's; what was written aside takes the name beside it."""
        for aside, path in written.items():
            sync(aside)
            aside.replace(path)
        return self._mark(replace(part, files={**part.files, **self._told(list(written.values()))}))

    def _told(self, paths: Sequence[Path]) -> dict[str, tuple[int, str]]:
        """The sizes and digests of files, which are on the disk when this returns."""
        for path in paths:
            sync(path)
        for folder in dict.fromkeys(path.parent for path in paths):
            sync(folder)
        return {f"{path.parent.name}/{path.name}": (path.stat().st_size, sha256_of(path)) for path in paths}

    def _mark(self, part: Part) -> Part:
        write_json(self.folder / PARTS / f"{part.number:06}.json", part.data())
        return part

    def finish(self, manifest: Mapping[str, Json]) -> None:
        """Give the whole output its name."""
        for name in ("spill", LOCK):
            path = self.folder / name
            if path.is_dir():
                rmtree(path)
        write_json(self.folder / MANIFEST, {"plan": self.plan, **manifest})
        with suppress(FileNotFoundError):
            (self.folder / LOCK).unlink()
        self.folder.rename(self.out)
        sync(self.out.parent)


LOCK: Final = "lock"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Refuse to run where another run is at work; a killed one leaves no lock."""
    try:
        import fcntl
    except ImportError:  # not on this system, where two runs into one output have to be avoided by hand
        yield
        return
    with (folder / LOCK).open("w", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            hint = "wait for it, or name another output with `--out`"
            raise RuleError([Diagnostic("busy", "another batch writes here", where=str(folder), help=hint)]) from error
        yield


def sha256_of(path: Path) -> str:
    """The digest of a file's bytes."""
    told = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            told.update(chunk)
    return told.hexdigest()


def write_json(path: Path, data: Mapping[str, Json]) -> None:
    """A JSON file that is there whole or not at all."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sync(aside)
    aside.replace(path)
    sync(path.parent)


def _json(path: Path) -> dict[str, Json] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _part(found: Mapping[str, Json]) -> Part:
    files = found["files"]
    assert isinstance(files, dict)
    whole: dict[str, int] = {}
    for name in ("number", "read", "answered", "rejected", "findings", "by_hand"):
        value = found[name]
        if not isinstance(value, int):
            raise TypeError(name)
        whole[name] = value
    told: dict[str, tuple[int, str]] = {}
    for name, entry in files.items():
        if not isinstance(entry, list) or not isinstance(entry[0], int) or not isinstance(entry[1], str):
            raise TypeError(name)
        told[name] = (entry[0], entry[1])
    place = found["next"]
    if not isinstance(place, list):
        raise TypeError("next")
    number = whole.pop("number")
    return Part(
        number=number,
        counts=Counts(**whole),
        digest=Digest.of(str(found["digest"])),
        files=told,
        next=tuple(entry for entry in place if isinstance(entry, int)),
    )
