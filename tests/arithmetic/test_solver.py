"""The solver finds all that does it, and nothing else."""

import itertools

import pytest

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.solver import Solution, solve
from cnnviz.errors import ConfigurationError


@pytest.mark.parametrize(("n_in", "n_out"), [(6, 4), (28, 28), (28, 14), (5, 9), (1, 1), (64, 7), (3, 40)])
def test_complete_and_right(n_in, n_out):
    """The same set as trying every ConvSpec."""
    tried = set()
    for k, s, p, d in itertools.product(range(1, 12), range(1, 9), range(11), range(1, 5)):
        try:
            if ConvSpec(k, s, p, d).output_size(n_in) == n_out:
                tried.add((k, s, p, d))
        except ConfigurationError:
            continue
    found = solve(n_in, n_out)
    assert set(found) == tried
    assert len(found) == len(tried)


def test_cheapest_first():
    """Kernels only grow; halving 28 starts with 1 x 1, stride 2."""
    found = solve(28, 14)
    assert found[0] == Solution(1, 2, 0, 1)
    assert Solution(3, 2, 1, 1) in found
    assert [s.kernel_size for s in found] == sorted(s.kernel_size for s in found)


def test_solutions_are_specs():
    """A solution is also a ConvSpec."""
    assert all(solution.spec.output_size(10) == 5 for solution in solve(10, 5))


def test_impossible_is_empty():
    """No padding of 10 makes 100 of 1."""
    assert solve(1, 100) == []


def test_limits():
    """The limits hold, and must be whole numbers."""
    assert all(s.kernel_size == 1 for s in solve(9, 3, max_kernel_size=1))
    with pytest.raises(ConfigurationError, match="n_out must be a whole number of at least 1"):
        solve(3, 0)
