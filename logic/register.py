"""A register: everything that is declared about one table, in one frozen object, and the registers that exist.

A register file is found by itself anywhere below logic/registers; it ends with `REGISTER = Register(…)`. `registers()`
refuses to start with a declaration that contradicts itself; logic.declarations says what is looked at.
"""

from __future__ import annotations

import difflib
import importlib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import logic.registers
from logic.fields import STANDARD_FIELDS, Field, Row
from logic.formulas import checks
from logic.kinds import Choice, Kind, LongText, Text
from logic.normalise import half_width, without_blanks
from logic.rules import ALL_FIELDS, Rule
from logic.wording import unwrapped
from logic.workflow import STATUS, Copy, Workflow
from sheets.port import ColumnSpec, SheetSpec

__all__ = ["AREAS", "Field", "Register", "registers"]

AREAS: Mapping[str, str] = {"customer_service": "客服售后", "system": "系统"}  # catalogue 5.4, in the menu's order
_WIDTHS: Mapping[type[Kind], float] = {LongText: 30.0, Text: 16.0}
_VOID = Choice("作废")  # the only state of a register that has none of its own (DAT-02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printout:
    """A record on paper: one part for each of `copies`, with these columns, lines to sign on, and a closing note."""

    key: str
    title: str
    fields: tuple[str, ...]
    copies: tuple[str, ...] = ("",)
    signatures: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Register:
    """A declared table. `samples` are good records by field name; the first is what examples of rules start from.

    `grants`: what each role may do (catalogue 5.3): C create, e change own records, E change any, S press the buttons that
    name the role, A approve, V see; without any, everybody may do everything. `released_when`: columns whose texts release
    what can be released, because a fact stands behind them (DAT-07). `answerable`: the columns that say who answers for a
    record (责任人), the first filled one counts. `prints`: what can be printed of a record. `once`: columns whose text usually
    stands in one record only, so that an import asks before it adds another.
    """

    key: str
    title: str
    prefix: str
    area: str
    model: type[Row]
    rules: tuple[Rule, ...] = ()
    workflow: Workflow | None = None
    samples: tuple[Mapping[str, str], ...] = ()
    grants: Mapping[str, str] = field(default_factory=dict[str, str])
    released_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    answerable: tuple[str, ...] = ("created_by",)
    prints: tuple[Printout, ...] = ()
    once: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", _fields(self.model, self.workflow))
        for one in self.rules:
            if not isinstance(one, Rule):
                raise TypeError(f"{self.key}: {getattr(one, '__name__', one)} in rules=(…) is not decorated with @rule")
        every = tuple(name for name, declared in self.fields.items() if not declared.engine)
        rules = tuple(replaced(one, fields=every) if one.fields == ALL_FIELDS else one for one in self.rules)
        object.__setattr__(self, "rules", rules)

    @property
    def doc(self) -> str:
        """What the register is for, from the docstring of its row model."""
        return unwrapped(self.model.__doc__)

    @property
    def naming(self) -> tuple[str, ...]:
        return tuple(name for name, declared in self.fields.items() if declared.naming)

    @cached_property
    def _by_header(self) -> Mapping[str, Field]:
        names: dict[str, Field] = {}
        for declared in self.fields.values():
            for name in (*declared.formerly, declared.header, declared.name):
                names[_folded(name)] = declared
        return names

    def field(self, name_or_header: str) -> Field | None:
        """A column by its field name, header or former header; width, blanks and capitals do not matter."""
        return self._by_header.get(_folded(name_or_header))

    def nearest(self, text: str) -> tuple[str, ...]:
        """Headers somebody may have meant, most likely first."""
        wanted = _folded(text)
        near = difflib.get_close_matches(wanted, self._by_header, n=3, cutoff=0.5) or difflib.get_close_matches(
            wanted, self._by_header, n=1, cutoff=0.0
        )
        within = [name for name in self._by_header if wanted and (wanted in name or name in wanted)]
        return tuple(dict.fromkeys(self._by_header[name].header for name in (*near, *within)))[:3]

    @cached_property
    def _spec(self) -> SheetSpec:
        signed = _signed(self)
        columns = tuple(_column(one, guarded=one.name in signed) for one in self.fields.values())
        return SheetSpec(self.title, columns, tuple(checks(self.fields, self.model, self.rules, self.released_when)))

    def spec(self) -> SheetSpec:
        """The register in the words of a sheet."""
        return self._spec


def _folded(name: str) -> str:
    return without_blanks(half_width(name)).rstrip("*").casefold()


def _fields(model: type[Row], workflow: Workflow | None) -> Mapping[str, Field]:
    """The columns in the order of the sheet: the register's own, then 状态, 备注 and the console's."""
    own = [name for name in model.model_fields if name not in STANDARD_FIELDS]
    found: dict[str, Field] = {}
    for name in (*own, *STANDARD_FIELDS):
        info = model.model_fields[name]
        declared = next((item for item in info.metadata if isinstance(item, Field)), None)
        if declared is None:
            raise TypeError(f"{model.__name__}.{name}: a column is declared with field(…)")
        found[name] = declared.named(name, bare(info.annotation))
    states = Choice(*workflow.states) if workflow is not None else _VOID
    found[STATUS] = replaced(found[STATUS], kind=states)
    return types.MappingProxyType(found)


def bare(annotation: Any) -> Any:
    """An annotation without `| None`."""
    if typing.get_origin(annotation) not in (typing.Union, types.UnionType):
        return annotation
    rest = [part for part in typing.get_args(annotation) if part is not type(None)]
    return typing.Union[tuple(rest)]  # noqa: UP007  # built from a list


def _signed(register: Register) -> frozenset[str]:
    """The columns that buttons write, its own and those of other registers: there people sign. What is only copied is not
    signed."""
    steps = register.workflow.transitions if register.workflow is not None else ()
    own = {name for step in steps for name in (*step.stamps, *(() if step.target is None else (STATUS,)))}
    flows = (one.workflow for one in registers().values() if one.workflow is not None)
    effects = (effect for flow in flows for step in flow.transitions for effect in step.effects)
    written = (effect.values.items() for effect in effects if effect.register == register.key)
    return frozenset(own.union(name for values in written for name, text in values if not isinstance(text, Copy)))


def _column(declared: Field, *, guarded: bool) -> ColumnSpec:
    listed = not declared.kind.many  # a drop-down can hold one answer only
    return ColumnSpec(
        field=declared.name,
        header=declared.header,
        format=declared.kind.format,
        note=declared.note,
        options=declared.kind.options if listed else (),
        closed=declared.kind.closed and listed,
        naming=declared.naming,
        engine=declared.engine,
        formerly=declared.formerly,
        width=_WIDTHS.get(type(declared.kind), 14.0),
        required=declared.required,
        guarded=guarded and not declared.engine,
    )


@cache
def registers() -> Mapping[str, Register]:
    """Every register, by key, in the order of areas and files; raises DeclarationError where one is inconsistent."""
    from logic.declarations import DeclarationError, examine, unlisted_rules

    found: list[Register] = []
    findings = []
    for module in _modules():
        register = getattr(module, "REGISTER", None)
        if isinstance(register, Register):
            found.append(register)
            findings.extend(unlisted_rules(register, vars(module).values()))
    findings.extend(examine(found))
    if findings:
        raise DeclarationError(findings)
    areas = list(AREAS)
    found.sort(key=lambda register: areas.index(register.area))
    return types.MappingProxyType({register.key: register for register in found})


def _modules() -> list[types.ModuleType]:
    """The register files below every folder of the package's path, in alphabetical order."""
    names: list[str] = []
    for folder in map(Path, logic.registers.__path__):
        for file in sorted(folder.rglob("*.py")):
            if file.name != "__init__.py":
                names.append(".".join(("logic.registers", *file.relative_to(folder).with_suffix("").parts)))
    return [importlib.import_module(name) for name in names]
