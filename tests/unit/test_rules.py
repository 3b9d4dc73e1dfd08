"""Every rule of every register: its examples, its sentences, and that good samples are good."""

from __future__ import annotations

import pytest

from logic.engine_rules import ENGINE_RULES
from logic.judgement import Judgement
from logic.register import Register, registers
from logic.rules import Case, Rule
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
