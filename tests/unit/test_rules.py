"""Every rule of every register: its examples, its sentences, and that good samples are good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from logic import clock
from logic.access import Actor, acts_as, permit
from logic.engine_rules import ENGINE_RULES
from logic.fields import Row
from logic.judgement import Judgement
from logic.register import Register, registers
from logic.rules import Case, Fault, Rule
from logic.source import Source, verify
from tests.tables import NOW, found, judge_case, rows_of

REGISTERS = tuple(registers().values())
EXAMPLES = [
    pytest.param(register, rule, case, good, id=f"{rule.id}-{rule.timing}-{'good' if good else 'bad'}{n}")
    for register in REGISTERS
    for rule in register.rules
    for good, cases in ((True, rule.good), (False, rule.bad))
    for n, case in enumerate(cases)
]


def sentences() -> list[tuple[str, Source]]:
    found = [(rule.id, one) for rule in ENGINE_RULES for one in rule.source]
    for register in REGISTERS:
        found += [(f"{register.key}.{one.name}", source) for one in register.fields.values() for source in one.source]
        found += [(f"{register.key}.{rule.id}", source) for rule in register.rules for source in rule.source]
    return found


@pytest.mark.parametrize(("register", "rule", "case", "good"), EXAMPLES)
def test_examples_say_what_the_rule_says(register: Register, rule: Rule, case: Case, good: bool) -> None:
    violations = judge_case(register, rule, case)
    assert (not violations) == good, found(violations)
    for one in violations:
        assert one.message and one.column and one.source and one.cell


def test_every_sentence_stands_in_the_documents() -> None:
    wrong = [f"{where}: {fault}" for where, source in sentences() if (fault := verify(source))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.key)
def test_samples_are_good(register: Register) -> None:
    judgement = Judgement.of(registers(), {register.key: rows_of(register, register.samples)}, now=NOW)
    assert len(judgement.records(register.key)) == len(register.samples)
    assert found(judgement.violations()) == []


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.key)
def test_every_bad_example_has_a_remedy(register: Register) -> None:
    for rule in register.rules:
        for case in rule.bad:
            assert all(one.remedy for one in judge_case(register, rule, case)), rule.id


class Watched:
    """A row that remembers which of its columns were read."""

    def __init__(self, row: Row, read: set[str]) -> None:
        self._row, self._read = row, read

    def __getattr__(self, name: str) -> object:
        self._read.add(name)
        return getattr(self._row, name)


@pytest.mark.parametrize(
    ("register", "rule"),
    [pytest.param(one, rule, id=f"{rule.id}-{rule.timing}") for one in REGISTERS for rule in one.rules if rule.check],
)
def test_a_rule_names_every_column_it_reads(register: Register, rule: Rule) -> None:
    """An edit of such a column answers for the finding, and where its header is missing the rule rests."""
    read: set[str] = set()
    check = rule.check
    assert check is not None

    def watching(*given: Any) -> Iterator[Fault]:
        *rows, look = given
        return check(*(Watched(row, read) if isinstance(row, Row) else row for row in rows), look)

    watched = replace(rule, check=watching)
    rules = tuple(watched if one is rule else one for one in register.rules)
    other = replace(register, rules=rules)
    for case in (*rule.good, *rule.bad):
        judge_case(other, watched, case)
    engine = {name for name, declared in register.fields.items() if declared.engine}
    links = {link.here for link in rule.across} | {name for group in rule.shares for name in group} | {*rule.linked}
    assert (read & register.fields.keys()) - engine - links <= set(rule.fields)


# The clock the rules share ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "after"),
    [
        (dt.datetime(2021, 3, 2, 10, 32), dt.date(2021, 3, 2), False),
        (dt.date(2021, 3, 2), dt.datetime(2021, 3, 2, 10, 32), False),
        (dt.datetime(2021, 3, 2, 10, 33), dt.datetime(2021, 3, 2, 10, 32), True),
        (dt.datetime(2021, 3, 2, 10, 32, 59), dt.datetime(2021, 3, 2, 10, 32, 1), False),
        (dt.datetime(2021, 3, 2, 10, 32), dt.datetime(2021, 3, 2, 0, 0), False),
        (dt.date(2021, 3, 3), dt.datetime(2021, 3, 2, 23, 59), True),
    ],
)
def test_times_without_a_time_of_day_compare_by_date(one: clock.Moment, other: clock.Moment, after: bool) -> None:
    assert clock.is_after(one, other) is after


def test_workdays_know_holidays_and_fall_back_to_weekends() -> None:
    usual = clock.Calendar()
    assert usual.workday_after(dt.date(2021, 9, 30), 1) == dt.date(2021, 10, 8), "the National Day week is off"
    assert usual.is_workday(dt.date(2021, 10, 9)), "a Saturday worked in its place"
    assert [usual.is_workday(dt.date(2190, 1, day)) for day in range(1, 8)].count(True) == 5
    assert usual.workday_after(dt.date(2021, 3, 5), 0) == dt.date(2021, 3, 5)


def test_the_company_may_work_on_saturdays_and_have_days_off_of_its_own() -> None:
    six_days = clock.Calendar(frozenset(range(6)), frozenset({dt.date(2021, 3, 8)}))
    assert six_days.is_workday(dt.date(2021, 3, 6)), "a plain Saturday"
    assert not six_days.is_workday(dt.date(2021, 10, 2)), "a Saturday that is a holiday"
    assert six_days.workday_after(dt.date(2021, 3, 6), 1) == dt.date(2021, 3, 9)


def test_now_is_naive_local_time() -> None:
    now = clock.now()
    assert now.tzinfo is None and now.microsecond == 0
    assert abs(now - dt.datetime.now(clock.SHANGHAI).replace(tzinfo=None)) < dt.timedelta(minutes=1)


def test_roles_that_mean_the_same() -> None:
    person = Actor("王芳", positions=frozenset({"客服", "部门经理"}))
    assert [acts_as(person, role) for role in ("售前客服", "部门主管", "财务")] == [True, True, False]
    verdict = permit(person, registers()["staff"], "edit")
    assert verdict and verdict.reason
