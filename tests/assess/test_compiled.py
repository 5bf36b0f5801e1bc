"""Compiling kernels: same answers as plain Python, parts found by name, numba only when asked for."""

import subprocess
import sys

import numpy as np
import pytest

from cartrace.assess.compiled import compile_kernel, part

FEVER_FROM = 38.0


@part
def is_fever(value):
    return value >= FEVER_FROM


@part
def count_from(values, start):
    count = 0
    for i in range(start, len(values)):
        if is_fever(values[i]):
            count += 1
    return count


def kernel(values, out):
    out[0] = count_from(values, 0)
    return 1


def plain_neighbour(value):
    return value


def kernel_with_stranger(values, out):
    out[0] = plain_neighbour(values[0])
    return 1


def kernel_for(threshold):
    def above(values, out):
        out[0] = 0
        for value in values:
            if value > threshold and is_fever(value):
                out[0] += 1
        return 1

    return above


def test_compiled_kernel_and_its_parts_answer_like_plain_python():
    values = np.array([37.9, 38.0, 39.0])
    plain, fast = np.zeros(1), np.zeros(1)
    assert compile_kernel(kernel)(values, fast) == kernel(values, plain) == 1
    assert plain[0] == fast[0] == 2.0


def test_a_part_stays_plain_python():
    assert is_fever.__class__.__name__ == "function"
    assert compile_kernel(kernel) is compile_kernel(kernel)


def test_closures_compile():
    out = np.zeros(1)
    compile_kernel(kernel_for(38.5))(np.array([38.0, 39.0]), out)
    assert out[0] == 1.0


def test_a_plain_function_that_is_not_a_part_is_named():
    with pytest.raises(TypeError, match="plain_neighbour"):
        compile_kernel(kernel_with_stranger)


def test_only_functions_compile():
    with pytest.raises(TypeError, match="plain function"):
        compile_kernel(len)


def test_importing_the_rules_does_not_import_numba():
    code = "import sys, cartrace.assess, cartrace.assess.compiled; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
