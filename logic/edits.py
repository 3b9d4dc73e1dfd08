"""The one door for edits: submit() checks, judges and journals a Change, and says at once what becomes of it.

Pages, paste, undo and command line all come through here. What is accepted is on disk when `submit` returns; bringing it
into the sheet is the Writer's work, and `outcome_of` tells how that went.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from logic.access import Actor
from logic.asking import Ask, Refused, understand
from logic.changes import Change, Edit, Outcome, Source, new_change_id
from logic.deciding import Decision, decide
from logic.desk import Desk
from logic.judgement import Judgement
from logic.photos import strange
from logic.rules import Level
from logic.violations import Violation
from sheets.journal import Entry, NewEntry, ReleaseRow
from sheets.port import StorageError

QUEUED = "已登记,正在写入表格。"
LACKING = "做这个操作之前还有内容要填写,请按提示填好再保存。"


def submit(
    desk: Desk,
    actor: str | Actor,
    asks: Sequence[Ask],
    *,
    source: Source = Source.CONSOLE,
    reason: str = "",
    release: Sequence[str] = (),
    key: str | None = None,
    undoes: str | None = None,
    since: int | None = None,
) -> Outcome:
    """Ask for a change of one or more records of this workbook, all or nothing.

    `actor` is 姓名, 花名 or 旺旺子账号 of the roster, or an Actor who was let in already. `key`: the same key again gives the first outcome and writes nothing.
    `undoes`: the change this one takes back, or whose conflict it settles. `since`: the journal's version before the
    caller looked at the sheet; raises Outrun, and nothing has happened, if another process journaled something meanwhile.
    Raises NotRead while nothing was ever read.
    """
    now = desk.clock()
    judgement = desk.view().judgement
    if key is not None:
        known = desk.journal.by_key(desk.workbook, key)
        if known is not None:
            return outcome_of(known)
    person = actor if isinstance(actor, Actor) else judgement.people.actor(actor)
    if person is None:
        return _unknown(desk, str(actor), source, now, since)
    try:
        understood = [understand(ask, judgement, desk.registers, person, now, reason, desk.elsewhere) for ask in asks]
        edits = tuple(edit for one in understood for edit in one.edits)
        _once_each(edits)
    except Refused as refusal:
        return Outcome(state="rejected", change="", reason=str(refusal))
    change = Change(
        id=new_change_id(),
        workbook=desk.workbook,
        actor=person.name,
        source=source,
        at=now,
        edits=edits,
        reason=reason.strip(),
        release=tuple(release),
        key=key,
        undoes=undoes,
    )
    unread = [violation for one in understood for violation in one.violations]
    unread += [violation for one in understood for violation in strange(desk, judgement, person, one)]
    if unread:
        why = "有内容看不懂,请按提示改正后再保存。"
        return _refuse(desk, change, "rejected", why, tuple(unread), since=since)
    missing = [violation for one in understood for violation in one.missing]
    following = follow(change, (made for one in understood for made in one.following))
    return enter(desk, change, person, judgement, since, missing, following)


def follow(change: Change, made: Iterable[tuple[str, Edit]]) -> list[Change]:
    """The Changes of other workbooks that follow from this one, from their workbooks and Edits."""
    by_workbook: dict[str, list[Edit]] = {}
    for workbook, edit in made:
        by_workbook.setdefault(workbook, []).append(edit)
    return [
        change.model_copy(
            update={
                "id": new_change_id(),
                "workbook": workbook,
                "edits": tuple(edits),
                "release": (),
                "key": None,
                "undoes": None,
                "parent": change.id,
            }
        )
        for workbook, edits in by_workbook.items()
    ]


def outcome_of(entry: Entry) -> Outcome:
    """What became of a journaled change by now; a queued one says why and since when."""
    if entry.state == "pending":
        change = Change.model_validate_json(entry.body)
        accepted = Outcome.model_validate_json(entry.outcome) if entry.outcome else None
        return Outcome(
            state="queued",
            change=entry.id,
            records=_records(change),
            violations=accepted.violations if accepted else (),
            reason=entry.why or QUEUED,
            since=dt.datetime.fromisoformat(entry.why_since or entry.at),
        )
    return Outcome.model_validate_json(entry.outcome)


def _unknown(desk: Desk, actor: str, source: Source, now: dt.datetime, since: int | None) -> Outcome:
    """Nobody of this name is on the roster: that somebody tried is journaled, not what."""
    change = Change(id=new_change_id(), workbook=desk.workbook, actor=actor, source=source, at=now, edits=())
    reason = f"员工名册里没有“{actor}”,请用姓名、花名或旺旺子账号,或请主管先在员工名册登记。"
    return _refuse(desk, change, "denied", reason, since=since)


def _once_each(edits: Sequence[Edit]) -> None:
    seen: set[tuple[str, str]] = set()
    for edit in edits:
        if (edit.register, edit.record) in seen:
            raise Refused(f"同一次修改里记录 {edit.record} 出现了两次,请合并成一处。")
        seen.add((edit.register, edit.record))


def enter(
    desk: Desk,
    change: Change,
    actor: Actor,
    judgement: Judgement,
    since: int | None = None,
    missing: Sequence[Violation] = (),
    following: Sequence[Change] = (),
) -> Outcome:
    """Decide a complete Change on what everybody sees, and journal it, with those of other workbooks that follow from it.
    `missing`: what its transition lacks; a rule that asks for the same column says it better, with the sentence it rests
    on."""
    decision = decide(judgement, change, actor, desk.registers)
    if missing and decision.verdict in ("accepted", "nothing", "rejected"):
        said = {(one.register, one.record, one.field) for one in decision.violations if one.level is Level.BLOCK}
        lacking = [one for one in missing if (one.register, one.record, one.field) not in said]
        found = (*decision.violations, *lacking)
        return _refuse(desk, change, "rejected", decision.reason or LACKING, found, decision, since)
    is_nothing = decision.verdict == "nothing"
    # What only stands in the overlay may still fail: then this change must not have been told that it is saved.
    if is_nothing and decide(desk.view().standing, change, actor, desk.registers).verdict == "nothing":
        outcome = Outcome(
            state="saved", change=change.id, records=_records(change), reason="内容已经是这样,没有需要写入的。"
        )
        return _journal(desk, change, "saved", outcome, since=since) if change.key is not None else outcome
    if is_nothing or decision.verdict == "accepted":
        outcome = Outcome(
            state="queued",
            change=change.id,
            records=_records(change),
            violations=decision.violations,
            reason=QUEUED,
            since=change.at,
        )
        return _journal(desk, change, "pending", outcome, decision, since, following)
    return _refuse(desk, change, decision.verdict, decision.reason, decision.violations, decision, since)


def _refuse(
    desk: Desk,
    change: Change,
    state: str,
    reason: str,
    violations: tuple[Violation, ...] = (),
    decision: Decision | None = None,
    since: int | None = None,
) -> Outcome:
    outcome = Outcome(
        state=state,  # type: ignore[arg-type]
        change=change.id,
        records=tuple(edit.record for edit in change.edits if not edit.new),
        violations=violations,
        conflicts=decision.conflicts if decision is not None else (),
        reason=reason,
    )
    return _journal(desk, change, state, outcome, since=since)


def _journal(
    desk: Desk,
    change: Change,
    state: str,
    outcome: Outcome,
    decision: Decision | None = None,
    since: int | None = None,
    following: Sequence[Change] = (),
) -> Outcome:
    kept = change if state in ("pending", "saved", "overtaken") else _without_sensitive(desk, change)
    releases = decision.releases if decision is not None else ()
    entry = NewEntry(
        id=change.id,
        workbook=change.workbook,
        actor=change.actor,
        source=change.source,
        at=change.at.isoformat(timespec="seconds"),
        state=state,
        body=kept.model_dump_json(),
        touches=change.touches,
        key=change.key,
        parent=change.parent,
        outcome=outcome.model_dump_json(),
        releases=tuple(
            ReleaseRow(
                one.register, one.record, one.rule, one.reason, one.by, one.at.isoformat(timespec="seconds"), one.binds
            )
            for one in releases
        ),
    )
    try:
        written = desk.journal.append(entry, since, [_follower(one) for one in following])
    except StorageError as full:  # the one thing that can be wrong with the journal: there is no room
        return Outcome(state="rejected", change="", reason=str(full))
    return outcome if written.id == change.id else outcome_of(written)


def _follower(change: Change) -> NewEntry:
    """A change that waits in its own workbook for its parent to be written."""
    outcome = Outcome(state="queued", change=change.id, records=_records(change), reason=QUEUED, since=change.at)
    return NewEntry(
        id=change.id,
        workbook=change.workbook,
        actor=change.actor,
        source=change.source,
        at=change.at.isoformat(timespec="seconds"),
        state="pending",
        body=change.model_dump_json(),
        touches=change.touches,
        parent=change.parent,
        outcome=outcome.model_dump_json(),
    )


def _without_sensitive(desk: Desk, change: Change) -> Change:
    """Refused changes are journaled without the values of sensitive columns."""
    edits: list[Edit] = []
    for edit in change.edits:
        fields = desk.registers[edit.register].fields
        hidden = {name for name in edit.values if fields[name].sensitive}
        edits.append(
            edit.model_copy(
                update={
                    "values": {name: text for name, text in edit.values.items() if name not in hidden},
                    "base": {name: text for name, text in edit.base.items() if name not in hidden},
                }
            )
        )
    return change.model_copy(update={"edits": tuple(edits)})


def _records(change: Change) -> tuple[str, ...]:
    return tuple(dict.fromkeys(edit.record for edit in change.edits))
