import pytest

from cartrace.engine.lanes import Lanes


@pytest.mark.parametrize(("precision", "size"), [("double", 8), ("single", 4)])
def test_a_slot_is_a_number_per_lane(precision, size):
    assert [Lanes(width, precision).bytes for width in (1, 8)] == [size, 8 * size]
    assert str(Lanes(1, precision).vector) == precision.replace("single", "float")
    assert str(Lanes(8, precision).vector) == f"<8 x {precision.replace('single', 'float')}>"


def test_integers_have_the_size_of_the_numbers():
    assert str(Lanes(4, "double").integers) == "<4 x i64>"
    assert str(Lanes(4, "single").integers) == "<4 x i32>"
