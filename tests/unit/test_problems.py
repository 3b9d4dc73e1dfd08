"""数据体检: since when something is wrong, who answers for it, how far it is settled, and 说明."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from logic import problem_list, problems
from logic.access import Actor
from logic.asking import Ask
from logic.edits import submit
from logic.explaining import explain
from logic.history import history, undo
from logic.problems import Problem, Query, Status
from logic.rules import Level
from sheets.table import ID_FIELD
from tests.conftest import Clock
from tests.counter import CASHIER, CLERK, DRILL, FIELDS, HEAD, LADDER, LOANS, SAW, Counter

START = dt.datetime(2026, 11, 22, 9, 0)


@pytest.fixture
def counter(tmp_path: Path, clock: Clock) -> Iterator[Counter]:
    counter = Counter(tmp_path, clock)
    yield counter
    counter.close()


def listed(counter: Counter, **wanted: object) -> list[Problem]:
    found = problem_list.problems_of(counter.desk)
    return problems.find(found, Query(**wanted), counter.clock())  # type: ignore[arg-type]


def one(counter: Counter, rule: str, status: Status = Status.OPEN) -> Problem:
    (found,) = listed(counter, rule=rule, status=status)
    return found


def say(counter: Counter, who: str = HEAD, reason: str = "客户改约", **more: bool) -> str:
    return explain(counter.desk, who, "loans", DRILL, "LN-02", "days", reason, **more).state


# 发现时间 --------------------------------------------------------------------------------------------------------------


def test_all_levels_stand_in_one_list_with_the_worst_first(counter: Counter) -> None:
    assert [(p.violation.rule, p.violation.record) for p in listed(counter)] == [
        ("LN-01", LADDER), ("LN-02", DRILL), ("LN-03", SAW),
    ]  # fmt: skip
    assert {p.seen_at for p in listed(counter)} == {START}
    assert problems.counts(listed(counter))["loans"] == {Level.BLOCK: 1, Level.WARN: 1, Level.REMIND: 1}


def test_another_value_that_is_wrong_too_is_the_same_problem(counter: Counter) -> None:
    counter.tick(hours=2)
    counter.type(LADDER, "count", -3.0)
    found = one(counter, "LN-01")
    assert (found.seen_at, found.violation.value) == (START, "-3")
    assert not listed(counter, status=Status.GONE)


def test_what_the_clock_words_anew_every_day_keeps_its_beginning(counter: Counter) -> None:
    counter.tick(days=2)
    found = one(counter, "LN-03")
    assert (found.violation.message, found.seen_at) == ("过期 4 天", START)


def test_put_right_it_is_listed_with_its_end_and_wrong_again_it_begins_anew(counter: Counter) -> None:
    counter.type(LADDER, "count", 1.0)
    gone = one(counter, "LN-01", Status.GONE)
    assert (gone.gone_at, gone.violation.value, gone.violation.level) == (counter.clock(), "0", Level.BLOCK)
    counter.tick(days=1)
    counter.type(LADDER, "count", 0.0)
    assert one(counter, "LN-01").seen_at == counter.clock()
    assert one(counter, "LN-01", Status.GONE).gone_at == gone.gone_at


def test_a_reminder_that_is_done_is_put_right_within_the_minute(counter: Counter) -> None:
    counter.type(SAW, "due_on", None)
    assert not listed(counter, rule="LN-03", status=Status.OPEN)
    counter.tick(minutes=1)
    assert one(counter, "LN-03", Status.GONE).gone_at == counter.clock()


def test_a_header_that_is_lost_puts_nothing_right(counter: Counter) -> None:
    counter.book.type(LOANS.title, 1, FIELDS.index("count") + 1, "几件")  # type: ignore[attr-defined]
    counter.tick(seconds=5)
    assert [p.violation.rule for p in listed(counter) if p.violation.level is Level.BLOCK] == ["DAT-04"]
    assert not listed(counter, status=Status.GONE)
    counter.book.type(LOANS.title, 1, FIELDS.index("count") + 1, "数量")  # type: ignore[attr-defined]
    counter.tick(seconds=5)
    assert one(counter, "LN-01").seen_at == START
    assert one(counter, "DAT-04", Status.GONE).violation.record == ""


def test_a_row_that_gets_its_id_keeps_when_it_was_found(counter: Counter) -> None:
    counter.book.type(LOANS.title, 5, FIELDS.index("thing") + 1, "斧子")  # type: ignore[attr-defined]
    counter.book.type(LOANS.title, 5, FIELDS.index("count") + 1, -1.0)  # type: ignore[attr-defined]
    counter.tick(seconds=1)
    found = [p for p in listed(counter, rule="LN-01") if p.violation.record == "#5"]
    seen = found[0].seen_at
    for _ in range(4):
        counter.tick(seconds=11)
    assert counter.book.read().sheets[LOANS.title].rows[4][FIELDS.index(ID_FIELD)]
    numbered = [p for p in listed(counter, rule="LN-01") if p.violation.record != LADDER]
    assert [(p.seen_at, p.violation.record[:2]) for p in numbered] == [(seen, "JY")]
    assert not [p for p in listed(counter, status=Status.GONE) if p.violation.record.startswith("#")]


def test_a_restart_keeps_when_it_was_found_and_sees_what_happened_meanwhile(counter: Counter) -> None:
    counter.keeper.writer.release()
    counter.book.type(LOANS.title, 3, FIELDS.index("days") + 1, 3.0)  # type: ignore[attr-defined]
    counter.restart(days=1)
    assert one(counter, "LN-01").seen_at == START
    assert one(counter, "LN-02", Status.GONE).gone_at == counter.clock()


def test_a_program_that_was_not_the_writer_for_a_while_compares_everything(counter: Counter) -> None:
    """What another program put on record meanwhile is not in what it remembers."""
    other = Counter.__new__(Counter)
    other.folder, other.clock, other.book = counter.folder, counter.clock, counter.book
    counter.keeper.writer.release()
    other.keeper = other._open()
    other.type(DRILL, "count", -1.0)
    assert len(listed(other, rule="LN-01")) == 2
    other.keeper.writer.release()
    counter.type(DRILL, "count", 1.0)
    assert [p.violation.record for p in listed(counter, rule="LN-01", status=Status.OPEN)] == [LADDER]
    assert one(counter, "LN-01", Status.GONE).violation.record == DRILL
    other.keeper.store.close()


def test_where_nothing_changed_nothing_is_written(counter: Counter) -> None:
    written: list[str] = []
    engine = counter.keeper.store._engine
    event.listen(engine, "before_cursor_execute", lambda c, u, statement, *_: written.append(statement))
    version = counter.desk.found.version()
    counter.tick(seconds=2)
    counter.tick(minutes=5)
    counter.type(SAW, "thing", "大锯子")
    assert counter.desk.found.version() == version
    assert not [one for one in written if "findings" in one and not one.startswith("SELECT")]


def test_what_was_put_right_long_ago_is_forgotten(counter: Counter) -> None:
    counter.type(LADDER, "count", 1.0)
    counter.tick(days=401)
    counter.type(DRILL, "count", -1.0)
    assert [found.rule for found in counter.desk.found.gone("")] == []


# Source and who answers -----------------------------------------------------------------------------------------------


def test_the_source_is_that_of_the_change_that_brought_it_about(counter: Counter) -> None:
    assert one(counter, "LN-01").source == "", "it stood there before the console came"
    counter.type(SAW, "count", -1.0)
    counter.restart()
    (typed,) = [p for p in listed(counter, rule="LN-01") if p.violation.record == SAW]
    assert problems.source_label(typed) == "表格直接修改"
    submit(counter.desk, HEAD, [Ask("loans", SAW, {"days": "99"})])
    counter.tick(seconds=1)
    counter.tick(seconds=1)
    (asked,) = [p for p in listed(counter, rule="LN-02") if p.violation.record == SAW]
    assert problems.source_label(asked) == "网页登记"


def test_who_answers_is_what_the_record_says_never_who_typed_it(counter: Counter) -> None:
    assert [(p.violation.record, p.person) for p in listed(counter)] == [(LADDER, "小桃"), (DRILL, CLERK), (SAW, "")]
    counter.type(SAW, "count", -1.0)
    assert {p.person for p in listed(counter) if p.violation.record == SAW} == {""}


def test_my_problems_are_found_under_any_of_my_names(counter: Counter) -> None:
    people = counter.desk.view().judgement.people
    mine = problems.names_of(people, CLERK, listed(counter))
    assert [p.violation.record for p in listed(counter, people=mine)] == [LADDER, DRILL]
    assert [p.violation.record for p in listed(counter, people=frozenset({""}))] == [SAW]


def test_filters_by_level_age_and_status(counter: Counter) -> None:
    assert [p.violation.rule for p in listed(counter, level="WARN")] == ["LN-02"]
    assert listed(counter, register="staff") == []
    counter.tick(days=3)
    counter.type(DRILL, "count", -1.0)
    assert [p.violation.record for p in listed(counter, rule="LN-01", days=3)] == [LADDER]
    assert [p.violation.record for p in listed(counter, rule="LN-01")] == [LADDER, DRILL], "the oldest first"


def test_what_a_sensitive_column_holds_is_for_those_who_may_edit_it(counter: Counter) -> None:
    counter.type(LADDER, "phone", "1380013")
    found = one(counter, "DAT-01")
    people = counter.desk.view().judgement.people
    for who, sees in ((HEAD, True), (CASHIER, False), ("没有这个人", False)):
        shown = problems.shown_to(people.actor(who), found, counter.clock().date())
        assert (shown.value == "1380013") is sees
        assert ("1380013" in shown.message) is sees
    assert problems.shown_to(None, one(counter, "LN-02"), counter.clock().date()).value == "40"


# 说明 -----------------------------------------------------------------------------------------------------------------


def test_a_head_explains_and_it_is_settled_and_journaled(counter: Counter) -> None:
    assert say(counter) == "saved"
    found = one(counter, "LN-02", Status.EXPLAINED)
    assert (found.by, found.said) == (HEAD, "客户改约")
    assert problems.counts(listed(counter))["loans"] == {Level.BLOCK: 1, Level.REMIND: 1}
    (step,) = history(counter.desk, "loans", DRILL)
    assert (step.action, step.change.reason, step.undoable) == ("说明 LN-02", "客户改约", False)
    assert undo(counter.desk, HEAD, step.entry.id).state == "rejected"
    counter.restart(days=1)
    assert one(counter, "LN-02", Status.EXPLAINED).said == "客户改约"


def test_it_holds_while_the_columns_of_the_rule_read_the_same(counter: Counter) -> None:
    say(counter)
    counter.type(DRILL, "note", "别的列")
    assert one(counter, "LN-02", Status.EXPLAINED)
    counter.type(DRILL, "days", 41.0)
    assert one(counter, "LN-02").said == ""
    counter.type(DRILL, "days", 40.0)
    assert one(counter, "LN-02", Status.EXPLAINED)


def test_it_can_be_taken_back_and_said_again(counter: Counter) -> None:
    say(counter)
    assert say(counter, reason="", take_back=True) == "saved"
    assert one(counter, "LN-02").status is Status.OPEN
    say(counter, reason="再说一次")
    assert one(counter, "LN-02", Status.EXPLAINED).said == "再说一次"
    assert [step.action for step in history(counter.desk, "loans", DRILL)] == [
        "说明 LN-02", "撤回说明 LN-02", "说明 LN-02",
    ]  # fmt: skip


@pytest.mark.parametrize("who", [CLERK, CASHIER, "没有这个人", ""])
def test_only_who_is_in_charge_explains_and_the_attempt_is_journaled(counter: Counter, who: str) -> None:
    assert say(counter, who) == "denied"
    assert one(counter, "LN-02").status is Status.OPEN
    (entry,) = counter.desk.journal.history(counter.desk.workbook, "loans", DRILL)
    assert (entry.state, entry.actor) == ("denied", who)


def test_whoever_may_edit_any_record_or_release_explains(counter: Counter) -> None:
    from logic.explaining import may_explain

    judgement = counter.desk.view().judgement
    for positions, allowed in (({"客服主管"}, True), ({"部门经理"}, True), ({"综合部"}, False), ({"财务"}, False)):
        actor = Actor("某人", None, frozenset(positions))
        assert bool(may_explain(judgement, actor, LOANS, counter.clock().date())) is allowed


def test_what_cannot_be_saved_is_never_explained(counter: Counter) -> None:
    sent = explain(counter.desk, HEAD, "loans", LADDER, "LN-01", "count", "就这样")
    assert sent.state == "rejected"
    reminded = explain(counter.desk, HEAD, "loans", SAW, "LN-03", "due_on", "就这样")
    assert reminded.state == "rejected"
    assert {p.status for p in listed(counter)} == {Status.OPEN}
    assert counter.desk.journal.explanations(counter.desk.workbook) == []


@pytest.mark.parametrize("reason", ["", "  \n", "长" * 501])
def test_it_needs_a_reason_of_some_length(counter: Counter, reason: str) -> None:
    assert say(counter, reason=reason) == "rejected"


def test_one_record_is_judged_afresh_with_what_is_due(counter: Counter) -> None:
    assert [p.violation.rule for p in problem_list.of_record(counter.desk, "loans", SAW)] == ["LN-03"]
    say(counter)
    (found,) = problem_list.of_record(counter.desk, "loans", DRILL)
    assert (found.status, found.seen_at) == (Status.EXPLAINED, START)
    assert problem_list.of_record(counter.desk, "loans", "JY260101-99999") == []


def test_the_list_is_made_once_for_everybody(counter: Counter) -> None:
    first = problem_list.problems_of(counter.desk)
    assert problem_list.problems_of(counter.desk) is first
    counter.tick(seconds=2)
    assert problem_list.problems_of(counter.desk) is first
    say(counter)
    assert problem_list.problems_of(counter.desk) is not first


def test_the_number_in_the_menu_follows_within_seconds(counter: Counter) -> None:
    assert problem_list.open_count(counter.desk) == 3
    say(counter)
    assert problem_list.open_count(counter.desk) == 3, "no page waits for it"
    counter.clock.advance(seconds=10)
    assert problem_list.open_count(counter.desk) == 2


def test_the_columns_of_the_download_are_those_of_the_catalogue(counter: Counter) -> None:
    found = one(counter, "LN-02")
    shown = problems.shown_to(None, found, counter.clock().date())
    row = dict(zip(problems.COLUMNS, problems.cells(found, shown), strict=True))
    wanted = (
        "问题编号",
        "级别",
        "登记表",
        "行编号",
        "字段",
        "当前值",
        "提示",
        "发现时间",
        "来源",
        "责任人",
        "状态",
        "说明人",
        "说明",
    )
    assert [row[name] for name in wanted] == [
        "LN-02", "需说明", "借用登记", DRILL, "天数", "40", "借了 40 天", START, "", CLERK, "未处理", "", "",
    ]  # fmt: skip
