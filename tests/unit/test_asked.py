"""What a page asks for by itself, when a person clicks in the same moment or has just left the page."""

from __future__ import annotations

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.parts.asked import LEAVING, SETTLING, Asked, is_by_hand

_PULSE = '[{"event":"pulse_moved","value":"b1ff9c4ee1093e"}]'
LIST, RECORDS, OTHER = "list", "hash-of-records", "hash-of-another-page"


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def pulse(part: str = LIST, *, clicked: bool = False, typed: str = "", page: str = RECORDS) -> BackMsg:
    """What the browser sends when a pulse moved in a part of the page."""
    message = BackMsg()
    message.rerun_script.fragment_id, message.rerun_script.page_script_hash = part, page
    widgets = message.rerun_script.widget_states.widgets
    widgets.add(id="pulse", json_trigger_value=_PULSE)
    widgets.add(id="button", trigger_value=clicked)
    widgets.add(id="text", string_value=typed)
    return message


def timed(page: str = RECORDS) -> BackMsg:
    """What the browser sends for a part with `run_every`."""
    message = BackMsg()
    message.rerun_script.fragment_id, message.rerun_script.page_script_hash = LIST, page
    message.rerun_script.is_auto_rerun = True
    return message


def click(part: str = "", page: str = RECORDS, *, name: str = "") -> BackMsg:
    """Somebody presses a button in a part, or asks for a page."""
    message = BackMsg()
    message.rerun_script.fragment_id, message.rerun_script.page_script_hash = part, page
    message.rerun_script.page_name = name
    message.rerun_script.widget_states.widgets.add(id="button", trigger_value=bool(part))
    return message


def heard(asked: Asked, message: BackMsg) -> BackMsg | None:
    data = asked.put_right(message.SerializeToString())
    return BackMsg.FromString(data) if data is not None else None


def test_a_pulse_draws_its_part() -> None:
    for message in (pulse(), pulse(typed="客户改约"), pulse("")):
        assert heard(Asked(), message) == message


def test_a_click_in_the_same_moment_draws_the_whole_page() -> None:
    assert heard(Asked(), pulse(clicked=True)) == pulse("", clicked=True)


def test_what_cannot_be_read_is_passed_on() -> None:
    assert Asked().put_right(b"\xff pulse_moved") == b"\xff pulse_moved"


UNBIDDEN = pytest.mark.parametrize("unbidden", [pulse(), timed()], ids=["pulse", "timed"])


@UNBIDDEN
def test_a_page_that_was_left_asks_for_nothing(unbidden: BackMsg) -> None:
    asked = Asked(clock := Clock())
    assert heard(asked, click(page=OTHER)) == click(page=OTHER)
    assert heard(asked, unbidden) is None
    clock.at += LEAVING - 0.5
    assert heard(asked, unbidden) is None
    assert heard(asked, click(LIST)) == click(LIST)  # by hand: Streamlit decides
    assert heard(asked, pulse(page=OTHER)) == pulse(page=OTHER)
    assert heard(asked, timed(OTHER)) == timed(OTHER)
    clock.at += 0.5  # no browser is that slow: the console itself has led to another page
    assert heard(asked, unbidden) == unbidden


@UNBIDDEN
def test_a_page_that_is_about_to_be_drawn_asks_for_nothing(unbidden: BackMsg) -> None:
    """The console may lead from it to another one, which the browser does not know yet."""
    asked = Asked(clock := Clock())
    for whole in (click(page="", name="bank_transfers"), click(), pulse(clicked=True)):
        assert heard(asked, whole) is not None
        assert heard(asked, unbidden) is None
        clock.at += SETTLING
        assert heard(asked, unbidden) == unbidden


@UNBIDDEN
def test_a_click_in_a_part_stops_nothing(unbidden: BackMsg) -> None:
    asked = Asked(Clock())
    for message in (unbidden, click(LIST), unbidden):
        assert heard(asked, message) == message


def test_several_pulses_at_once_draw_the_whole_page() -> None:
    message, drawn = pulse(), pulse("")
    for one in (message, drawn):
        one.rerun_script.widget_states.widgets.add(id="another pulse", json_trigger_value=_PULSE)
    assert heard(Asked(), message) == drawn


def test_what_a_page_asks_for_by_itself_is_not_by_hand() -> None:
    assert is_by_hand(click().SerializeToString())
    assert is_by_hand(click(LIST).SerializeToString())
    assert is_by_hand(pulse(clicked=True).SerializeToString())
    for message in (pulse(), timed(), BackMsg(stop_script=True)):
        assert not is_by_hand(message.SerializeToString())
    assert not is_by_hand(b"\xff")
