import math

import pytest

from cartrace.engine.expression import FIXED, PARAMETER, VARYING, Expressions


@pytest.fixture
def make() -> Expressions:
    return Expressions()


def test_equal_expressions_are_the_same_node_whatever_their_order(make):
    a, x, y = make.parameter("a"), make.state("x"), make.state("y")
    assert make.add([(x, 1.0), (y, 2.0)], 3.0) == make.add([(y, 2.0), (make.number(3.0), 1.0), (x, 1.0)])
    assert make.multiply([(a, 1), (x, 2), (y, -1)]) == make.multiply(
        [(x, 1), (y, -1), (make.multiply([(a, 1), (x, 1)]), 1)]
    )


def test_a_difference_of_equals_is_zero_and_their_quotient_one(make):
    x, y = make.state("x"), make.state("y")
    whole = make.add([(x, 1.0), (y, 1.0)])
    assert make.add([(whole, 1.0), (x, -1.0), (y, -1.0)]) == make.zero
    assert make.multiply([(whole, 1), (whole, -1)]) == make.one


def test_terms_of_the_same_state_share_one_factor_of_parameters(make):
    a, b, x = make.parameter("a"), make.parameter("b"), make.state("x")
    total = make.add([(make.multiply([(a, 1), (x, 1)]), -1.0), (make.multiply([(b, 1), (x, 1)]), -1.0)])
    (term,) = make.keys[total][2]
    assert term[1] == -1.0
    assert make.split(term[0]) == (make.add([(a, 1.0), (b, 1.0)]), x)


def test_a_merged_term_that_cancels_leaves_nothing(make):
    a, x = make.parameter("a"), make.state("x")
    ax = make.multiply([(a, 1), (x, 1)])
    assert make.add([(ax, 0.5), (x, 2.0), (ax, -0.5)]) == make.add([(x, 2.0)])


def test_an_opaque_node_is_not_looked_into(make):
    x, y = make.state("x"), make.state("y")
    total, product = make.add([(x, 1.0), (y, 1.0)]), make.multiply([(x, 1), (y, 1)])
    make.opaque |= {total, product}
    assert make.keys[make.add([(total, 1.0), (x, 1.0)])] == ("sum", 0.0, ((x, 1.0), (total, 1.0)))
    assert make.keys[make.multiply([(product, 1), (x, 1)])] == ("product", ((x, 1), (product, 1)))


def test_arguments_stand_before_what_is_made_of_them(make):
    x, p = make.state("x"), make.parameter("p")
    root = make.select(
        make.negation(make.both(make.compare("<", x, p), make.compare(">", x, make.one))),
        make.call("EXP", make.power(x, p)),
        make.add([(make.multiply([(x, 3), (p, -1)]), 2.0)], 1.0),
    )
    for node in make.reachable([root]):
        assert all(child < node for child in make.arguments(node))
    assert {x, p} <= set(make.reachable([root]))


@pytest.mark.parametrize(
    ("exponent", "key"),
    [
        (3.0, ("product", 3)),
        (-2.0, ("product", -2)),
        (0.5, ("call", "SQRT")),
        (1.7, ("power",)),
        (100.0, ("power",)),
    ],
)
def test_the_form_of_a_power_depends_on_its_exponent(make, exponent, key):
    x = make.state("x")
    made = make.keys[make.power(x, make.number(exponent))]
    if key[0] == "product":
        assert made == ("product", ((x, key[1]),))
    else:
        assert made[: len(key)] == key


def test_a_half_exponent_is_a_product_with_a_square_root(make):
    x = make.state("x")
    root = make.call("SQRT", x)
    assert make.power(x, make.number(2.5)) == make.multiply([(x, 2), (root, 1)])
    assert make.power(x, make.number(-1.5)) == make.multiply([(x, -1), (root, -1)])


def test_numbers_are_computed_at_once(make):
    assert make.keys[make.call("EXP", make.number(2.0))] == ("number", math.exp(2.0))
    assert make.power(make.number(2.0), make.number(3.0)) == make.number(8.0)
    assert make.compare("<", make.one, make.number(2.0)) == make.yes
    assert make.select(make.compare(">=", make.one, make.number(2.0)), make.one, make.zero) == make.zero


def test_conditions_that_are_known_vanish(make):
    c = make.compare("<", make.state("x"), make.one)
    assert make.both(make.yes, c) == c
    assert make.both(c, make.no) == make.no
    assert make.either(c, make.no) == c
    assert make.either(make.yes, c) == make.yes
    assert make.negation(make.negation(c)) == c


def test_the_level_says_what_a_node_depends_on(make):
    p, x = make.parameter("p"), make.state("x")
    assert make.level[make.number(3.0)] == FIXED
    assert make.level[make.call("EXP", p)] == PARAMETER
    assert make.level[make.multiply([(p, 1), (x, 1)])] == VARYING
    assert make.level[make.time()] == VARYING


def test_what_is_no_number_is_refused(make):
    with pytest.raises(ValueError, match="division by zero"):
        make.multiply([(make.state("x"), 1), (make.zero, -1)])
    with pytest.raises(ValueError, match="not a finite number"):
        make.number(math.inf)
    with pytest.raises(ValueError, match="not a finite number"):
        make.add([(make.state("x"), 1e308), (make.state("x"), 1e308)])
