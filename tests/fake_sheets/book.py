"""A spreadsheet as a file: its content now and before, who may open it, and the version number Drive counts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fake_sheets.content import Content, new_sheet
from tests.fake_sheets.ranges import Json
from tests.fake_sheets.refusals import invalid

KEPT_VERSIONS = 300
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
OFFICE_FILE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the documentation leaves open, as switches. The defaults are listed in the README beside this file."""

    strict_lists_refuse_api_writes: bool = False
    row_metadata_follows_a_sort: bool = False
    named_range_outlives_its_cells: bool = True


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    time: float
    content: Content
    person: str


@dataclass(slots=True, eq=False)
class Book:
    """`shares`: address → "writer" or "reader". `mime_type`: OFFICE_FILE for one never converted. `version_delay`: seconds until Drive shows a new version."""

    id: str
    content: Content
    clock: Callable[[], float]
    owner: str
    shares: dict[str, str] = field(default_factory=dict[str, str])
    mime_type: str = SPREADSHEET
    deleted: bool = False
    trashed: bool = False
    version_delay: float = 0.0
    assumptions: Assumptions = field(default_factory=Assumptions)
    versions: deque[Version] = field(default_factory=lambda: deque[Version](maxlen=KEPT_VERSIONS))

    created: float = 0.0

    def __post_init__(self) -> None:
        self.created = self.clock()
        self.versions.append(Version(1, self.created, self.content, self.owner))

    @property
    def title(self) -> str:
        return self.content.properties["title"]

    @property
    def version(self) -> int:
        return self.versions[-1].number

    def commit(self, content: Content, person: str) -> None:
        """A new content, and a version number that only grows, by steps nobody should count on."""
        self.content = content
        number = self.version + 1 + len(self.versions) % 3
        self.versions.append(Version(number, self.clock(), content, person))

    def shown_version(self) -> Version:
        """What Drive says: the newest version older than the delay."""
        limit = self.clock() - self.version_delay
        for version in reversed(self.versions):
            if version.time <= limit:
                return version
        return self.versions[0]

    def restore(self, number: int, person: str) -> None:
        """The whole content as it was then, named ranges too; a new version like any other change."""
        for version in self.versions:
            if version.number == number:
                self.commit(version.content.copy(), person)
                return
        raise invalid(f"No version {number}")

    def role(self, person: str) -> str | None:
        return "writer" if person == self.owner else self.shares.get(person)


def properties_of(title: str, given: Json | None = None) -> Json:
    return {
        "title": title,
        "locale": "zh_CN",
        "autoRecalc": "ON_CHANGE",
        "timeZone": "Asia/Shanghai",
        **(given or {}),
    }


def new_content(title: str, tabs: tuple[str, ...] = ("工作表1",), *, rows: int = 1000, columns: int = 26) -> Content:
    """A spreadsheet as a person gets it: one empty tab, its id 0."""
    content = Content(properties_of(title), [])
    for number, tab in enumerate(tabs):
        taken = [sheet.id for sheet in content.sheets]
        content.sheets.append(new_sheet(content.free_id(taken) if number else 0, tab, rows, columns))
    return content
