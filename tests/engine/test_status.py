import pytest

from cartrace.engine import job
from cartrace.engine.status import Status


@pytest.mark.parametrize("status", list(Status))
def test_codes_are_those_of_the_driver_and_each_has_a_sentence(status):
    assert getattr(job, status.name) == status
    assert status.sentence
