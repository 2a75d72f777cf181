"""The file of an export: a ZIP whose manifest names every other file with its size and SHA-256. Streamed both ways."""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tia_hub.core.errors import Refused
from tia_hub.leaving.rows import LONGEST_LINE

FORMAT = 1
"""The version of the format: it grows when an older reader could not read what is written."""
PRODUCT = "tia-hub organisation export"
MANIFEST, CHECKSUM, README, SEALED_FILE = "manifest.json", "manifest.json.sha256", "README.txt", "sealed/personal.bin"
DATA = "data/{}.jsonl"

LONGEST_MANIFEST = 20 * 1024 * 1024
MOST_FILES = 100_000
MOST_UNPACKED = 20 * 1024**3
MOST_RATIO = 200
"""How many times larger than packed an export may be; rows of text are ten to forty times."""
SMALL = 16 * 1024 * 1024
"""Bytes under which no file is a bomb, however well it is packed."""
NAME = re.compile(r"(?:[a-z0-9_-]+/)*[A-Za-z0-9_-]+(?:\.[a-z0-9]+)+")
BLOCK = 256 * 1024


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileEntry(_Model):
    """One file of an export."""

    name: str = Field(max_length=200)
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    rows: int | None = Field(default=None, ge=0)
    """How many rows it has; None where it is no table, or where that is not for everybody to know."""


class PlaceEntry(_Model):
    """An organisation or a partnership."""

    id: UUID
    name: str
    slug: str


class Manifest(_Model):
    """What is in an export."""

    product: str
    format: int
    product_version: str
    schema_version: str
    """The migration that the tables were at."""
    made_at: str
    organisation: PlaceEntry
    partnership: PlaceEntry
    editions: tuple[str, ...]
    """The editions of the framework that the rows were written with."""
    sealed_for: str
    """The receiving key that the sealed part can be opened with."""
    files: tuple[FileEntry, ...]

    def rows_of(self, table: str) -> int:
        """How many rows of a table there are."""
        return next((entry.rows or 0 for entry in self.files if entry.name == DATA.format(table)), 0)


def open_digest(organisation_id: UUID, entries: tuple[FileEntry, ...]) -> bytes:
    """What the sealed part is bound to: the organisation, and every open file that is read when it is brought in."""
    lines = sorted(f"{entry.name} {entry.sha256}" for entry in entries if entry.name.startswith(("data/", "files/")))
    return hashlib.sha256("\n".join([str(organisation_id), *lines]).encode()).digest()


class _Counted:
    """A file being written, whose bytes are counted and hashed."""

    def __init__(self, target: IO[bytes]) -> None:
        self.target, self.size, self.hash = target, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.hash.update(data)
        return self.target.write(data)


class Writer:
    """Writes an export's files one after the other."""

    def __init__(self, target: IO[bytes]) -> None:
        self.zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self.entries: list[FileEntry] = []

    @contextmanager
    def file(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        """Open the next file for writing."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        with self.zip.open(info, "w", force_zip64=True) as target:
            counted = _Counted(target)
            yield counted  # type: ignore[misc] # writing is all that is done with it
        self.entries.append(FileEntry(name=name, size=counted.size, sha256=counted.hash.hexdigest()))

    def count_rows(self, rows: int) -> None:
        """Say how many rows the last file has."""
        self.entries[-1] = self.entries[-1].model_copy(update={"rows": rows})

    def finish(self, manifest: Manifest) -> str:
        """Write the manifest and its checksum, and close; the manifest's SHA-256."""
        text = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()
        digest = hashlib.sha256(text).hexdigest()
        self.zip.writestr(MANIFEST, text)
        self.zip.writestr(CHECKSUM, f"{digest}  {MANIFEST}\n")
        self.zip.close()
        return digest


class Reader:
    """An export that somebody hands in. Everything about it is doubted; every fault is Refused with its reason."""

    def __init__(self, path: Path) -> None:
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as fault:
            raise Refused(f"{path.name} is no export: it can't be read as a ZIP file.") from fault
        self._check_names()
        self.manifest = self._read_manifest()
        self.entries = {entry.name: entry for entry in self.manifest.files}
        self._check_files()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.zip.close()

    def _check_names(self) -> None:
        infos = self.zip.infolist()
        if len(infos) > MOST_FILES:
            raise Refused(f"The export has {len(infos):,} files, more than any export can have.")
        seen: set[str] = set()
        for info in infos:
            if not NAME.fullmatch(info.filename) or info.filename != info.orig_filename:
                raise Refused(f"The export has a file with a name that no export has: {info.filename[:80]!r}.")
            if info.filename in seen:
                raise Refused(f"The export has {info.filename} twice.")
            if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
                raise Refused(f"{info.filename} is packed in a way that no export is.")
            seen.add(info.filename)
        unpacked = sum(info.file_size for info in infos)
        packed = sum(info.compress_size for info in infos)
        if unpacked > MOST_UNPACKED or unpacked > SMALL + MOST_RATIO * packed:
            raise Refused(f"The export would unpack to {unpacked:,} bytes, which is more than its size can hold in earnest.")

    def _read_manifest(self) -> Manifest:
        for name in (MANIFEST, CHECKSUM):
            if name not in self.zip.namelist():
                raise Refused(f"{name} is missing: this is no export, or not the whole of it.")
        text = self._read_small(MANIFEST, LONGEST_MANIFEST)
        said = self._read_small(CHECKSUM, 200).split()
        if not said or said[0].decode("ascii", "replace") != hashlib.sha256(text).hexdigest():
            raise Refused("The manifest was changed since the export was made: its checksum is another.")
        try:
            values = json.loads(text)
            if values["product"] != PRODUCT:
                raise ValueError("of another product")
            if int(values["format"]) > FORMAT:
                raise Refused(
                    f"The export is of format {values['format']}, which is newer than what this installation reads ({FORMAT}). "
                    "Bring this installation up to date first."
                )
            return Manifest.model_validate(values)
        except (ValueError, KeyError, TypeError, ValidationError, RecursionError) as fault:
            raise Refused("The manifest is not that of an export.") from fault

    def _read_small(self, name: str, most: int) -> bytes:
        with self.open(name) as source:
            text = source.read(most + 1)
        if len(text) > most:
            raise Refused(f"{name} is too long.")
        return text

    def _check_files(self) -> None:
        there = set(self.zip.namelist()) - {MANIFEST, CHECKSUM}
        if len(self.entries) != len(self.manifest.files):
            raise Refused("The manifest names a file twice.")
        for name in sorted(set(self.entries) - there):
            raise Refused(f"{name} is missing: the export is not whole.")
        for name in sorted(there - set(self.entries)):
            raise Refused(f"{name} is not in the manifest.")

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """One of the files. Raises Refused where what is read is damaged."""
        try:
            with self.zip.open(name) as source:
                yield source
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as fault:
            raise Refused(f"{name} is damaged.") from fault

    def verify(self) -> None:
        """Read every file once and compare it with the manifest. Raises Refused."""
        for entry in self.manifest.files:
            digest, size = hashlib.sha256(), 0
            with self.open(entry.name) as source:
                while size <= entry.size and (block := source.read(BLOCK)):
                    digest.update(block)
                    size += len(block)
            if size != entry.size or digest.hexdigest() != entry.sha256:
                raise Refused(f"{entry.name} was changed since the export was made: its checksum is another.")

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, one by one; none where there is no such file."""
        if name not in self.entries:
            return
        with self.open(name) as source:
            while text := source.readline(LONGEST_LINE + 1):
                if len(text) > LONGEST_LINE:
                    raise Refused(f"A line of {name} is too long.")
                yield text

    def read(self, name: str) -> bytes:
        """A whole file: a picture, a document."""
        if name not in self.entries:
            raise Refused(f"{name} is missing: the export is not whole.")
        with self.open(name) as source:
            return source.read(self.entries[name].size + 1)

    @property
    def bound_to(self) -> bytes:
        """What the sealed part has to be bound to."""
        return open_digest(self.manifest.organisation.id, self.manifest.files)
