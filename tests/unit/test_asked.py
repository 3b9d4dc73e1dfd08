"""What a page sends by itself, when a person clicks in the same moment."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.parts import pulse

_PULSE = '[{"event":"pulse_moved","value":"b1ff9c4ee1093e"}]'


def asking(fragment: str, *, clicked: bool = False, typed: str = "") -> BackMsg:
    """What the browser sends when a pulse moved in a part of the page."""
    message = BackMsg()
    message.rerun_script.fragment_id = fragment
    widgets = message.rerun_script.widget_states.widgets
    widgets.add(id="pulse", json_trigger_value=_PULSE)
    widgets.add(id="button", trigger_value=clicked)
    widgets.add(id="text", string_value=typed)
    return message


def heard(message: BackMsg) -> BackMsg:
    found = BackMsg()
    found.ParseFromString(pulse.whole(message.SerializeToString()))
    return found


def test_a_pulse_draws_its_part() -> None:
    for message in (asking("list"), asking("list", typed="客户改约"), asking("")):
        assert heard(message) == message


def test_a_click_in_the_same_moment_draws_the_whole_page() -> None:
    assert heard(asking("list", clicked=True)) == asking("", clicked=True)


def test_what_cannot_be_read_is_passed_on() -> None:
    assert pulse.whole(b"\xff pulse_moved") == b"\xff pulse_moved"
