"""Channels of ICANS and standing facts."""

from cartrace.assess.case_notation import read_given
from cartrace.assess.icans import astct2019_inputs as inputs
from cartrace.vocabulary import terms


def test_age_and_delay_stand_before_every_event():
    course = read_given("patient age=8 developmental_delay=yes; h1 ice 9")
    events = inputs.gather_with_standing_facts(course, inputs.CHANNELS)
    standing = {int(c): float(v) for c, v, t in zip(events.channel, events.value, events.time, strict=True) if t < 0}
    assert standing == {inputs.AGE: 8.0, inputs.DELAY: 1.0, inputs.CLOCK: 0.0}


def test_what_is_not_recorded_does_not_stand_there():
    events = inputs.gather_with_standing_facts(read_given("h1 ice 9"), inputs.CHANNELS)
    assert inputs.AGE not in events.channel


def test_channel_numbers_agree_with_their_order():
    names = [channel.name for channel in inputs.CHANNELS]
    assert names[inputs.SIGN] == "raised_icp_sign"
    assert names[inputs.DEATH] == "death"
    assert names[inputs.CLOCK] == "clock"
    assert terms.analytes()["consciousness"].values.index("sedated") == 5
