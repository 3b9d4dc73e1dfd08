"""Registers of this installation that another of its workbooks holds, as they were last seen there.

A workbook rests on the roster and the settings wherever they are, and a button may write to a record in another one: that
is a change of its own there, accepted together with its parent and written once the parent is.
"""

from __future__ import annotations

from collections.abc import Mapping

from logic.records import Reader, Record
from logic.register import Register
from sheets.gsheets_address import known_address
from sheets.ledger import Ledger, Texts, workbook_at
from sheets.store import Store


def last_seen(ledger: Ledger, register: str) -> dict[str, Texts]:
    """The texts of the records of a register that stand in the sheet, by id."""
    rows = ledger.baseline().get(register, {}).values()
    return {row.record: row.texts for row in rows if row.texts and row.vanished_at is None}


def records_of(register: Register, texts: Mapping[str, Texts]) -> dict[str, Record]:
    """Records made from their texts; they have no place in a sheet."""
    reader = Reader(register)
    return {
        key: reader.record(key, key, None, tuple(cells.get(name) or None for name in reader.names))
        for key, cells in texts.items()
    }


class Elsewhere:
    """`homes` gives the address of the workbook for each register that is not in this one."""

    def __init__(self, store: Store, registers: Mapping[str, Register], homes: Mapping[str, str]) -> None:
        self.registers = registers
        self._store, self._homes = store, homes
        self._ledgers: dict[str, Ledger] = {}

    def workbook(self, register: str) -> str | None:
        """The id of the workbook that holds a register; None if it is not elsewhere or was never opened."""
        ledger = self._ledger(register)
        return ledger.workbook if ledger is not None else None

    def texts(self, register: str) -> dict[str, Texts]:
        ledger = self._ledger(register)
        return last_seen(ledger, register) if ledger is not None else {}

    def record(self, register: str, id: str) -> Record | None:
        texts = self.texts(register).get(id)
        return records_of(self.registers[register], {id: texts})[id] if texts is not None else None

    def _ledger(self, register: str) -> Ledger | None:
        address = self._homes.get(register)
        if address is None:
            return None
        if address not in self._ledgers:
            known = workbook_at(self._store, known_address(address))
            if known is None:
                return None
            self._ledgers[address] = Ledger(self._store, known.id)
        return self._ledgers[address]
