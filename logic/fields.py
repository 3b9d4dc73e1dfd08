"""Columns as a register declares them: `field()` makes pydantic's own FieldInfo with our Field in its metadata.

class BankTransfer(Row):
    shop: str | None = field("店铺", Text(), naming=True, source=Source("000:L217", "…"))
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pydantic
from pydantic import BaseModel, ConfigDict

from logic.kinds import Date, DateTime, Identifier, Integer, Kind, LongText, Moment, Money, Staff, Text, Time, YesNo
from logic.source import Source

# The kind of a column that names none, by its type annotation.
KIND_OF_TYPE: dict[Any, Kind] = {
    str: Text(),
    bool: YesNo(),
    int: Integer(),
    Decimal: Money(),
    dt.date: Date(),
    dt.datetime: DateTime(),
    dt.date | dt.datetime: Moment(),
    dt.time: Time(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A declared column. `naming`: a row where it is filled is a record. `engine`: written by the console alone.

    `sensitive`: masked for roles without need. `formerly`: earlier headers. `initial`: what a new record starts with,
    a text or "now". `required`: a blank cell is a finding (DAT-01). `options_from`: the 制度参数 that lists what an open
    choice suggests.
    """

    name: str
    header: str
    kind: Kind
    help: str = ""
    source: tuple[Source, ...] = ()
    required: bool = False
    naming: bool = False
    engine: bool = False
    formerly: tuple[str, ...] = ()
    sensitive: bool = False
    group: str = ""
    initial: str | None = None
    options_from: str = ""

    @property
    def label(self) -> str:
        """The header, with a star where it must be filled."""
        return f"{self.header} *" if self.required else self.header

    @property
    def note(self) -> str:
        """What stands in the header's note in the sheet: help, then the sentences it rests on."""
        grounds = "\n".join(f"依据:{source}" for source in self.source)
        return "\n".join(part for part in (self.help, grounds) if part)

    def named(self, name: str, annotation: Any) -> Field:
        """The same as the attribute `name` of a row model, its kind taken from the annotation where none was given."""
        kind = self.kind if self.kind is not UNDECIDED else KIND_OF_TYPE.get(annotation, UNDECIDED)
        return replace(self, name=name, kind=kind)


UNDECIDED = Kind()  # stands where a declaration names no kind


def field(
    header: str,
    kind: Kind = UNDECIDED,
    *,
    help: str = "",
    source: Source | tuple[Source, ...] = (),
    required: bool = False,
    naming: bool = False,
    engine: bool = False,
    formerly: tuple[str, ...] = (),
    sensitive: bool = False,
    group: str = "",
    initial: str | None = None,
    options_from: str = "",
    **constraints: Any,
) -> Any:
    """A column of a row model. `constraints` are pydantic's own (gt, max_length, pattern …); a blank cell is None."""
    info = pydantic.Field(default=None, **constraints)
    info.metadata.append(
        Field(
            name="",
            header=header,
            kind=kind,
            help=help,
            source=source if isinstance(source, tuple) else (source,),
            required=required,
            naming=naming,
            engine=engine,
            formerly=formerly,
            sensitive=sensitive,
            group=group,
            initial=initial,
            options_from=options_from,
        )
    )
    return info


class Row(BaseModel):
    """What the row model of every register derives from: 状态, 备注 and the columns the console writes."""

    model_config = ConfigDict(frozen=True, strict=True)

    status: str | None = field("状态", Text(), help="由操作按钮改变,请不要直接填写", group="进度")
    note: str | None = field("备注", LongText(), help="其他需要说明的情况", group="进度")
    record_id: str | None = field("记录编号", Identifier(), engine=True, help="由控制台编号,请不要改动")
    created_by: str | None = field("登记人", Staff(), engine=True, help="由控制台填写")
    created_at: dt.date | dt.datetime | None = field("登记时间", Moment(), engine=True, help="由控制台填写")
    updated_by: str | None = field("最后修改人", Staff(), engine=True, help="由控制台填写")
    updated_at: dt.date | dt.datetime | None = field("最后修改时间", Moment(), engine=True, help="由控制台填写")
    check_result: str | None = field("检查结果", LongText(), engine=True, help="由控制台填写:要改正或说明的地方")


STANDARD_FIELDS = tuple(Row.model_fields)  # in the order in which they close a sheet
