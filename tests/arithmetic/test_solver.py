"""The solver finds all that does it, and nothing else."""

import itertools

import pytest

from cnnviz.arithmetic.conv import ConvSpec
from cnnviz.arithmetic.pooling import PoolSpec
from cnnviz.arithmetic.solver import (
    Solution,
    TransposedSolution,
    reachable,
    reachable_transposed,
    solve,
    solve_transposed,
    unread,
)
from cnnviz.base.errors import ConfigurationError


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


@pytest.mark.parametrize(("n_in", "n_out"), [(28, 14), (6, 2), (5, 6)])
def test_pooling_pads_at_most_half(n_in, n_out):
    """With `pooling` the same as trying every PoolSpec."""
    tried = set()
    for k, s, p, d in itertools.product(range(1, 12), range(1, 9), range(11), range(1, 5)):
        try:
            if PoolSpec(k, s, p, d).output_size(n_in) == n_out:
                tried.add((k, s, p, d))
        except ConfigurationError:
            continue
    assert set(solve(n_in, n_out, pooling=True)) == tried


@pytest.mark.parametrize(("n_in", "n_out"), [(14, 28), (1, 1), (5, 13), (7, 4)])
def test_transposed_is_complete_and_right(n_in, n_out):
    """The same set as trying every transposed ConvSpec, output padding included; kernels only grow."""
    tried = set()
    for k, s, p, d, o in itertools.product(range(1, 12), range(1, 9), range(11), range(1, 5), range(8)):
        if o < max(s, d) and (n_in - 1) * s - 2 * p + d * (k - 1) + o + 1 == n_out:
            tried.add((k, s, p, d, o))
    found = solve_transposed(n_in, n_out)
    assert set(found) == tried
    assert len(found) == len(tried)
    assert all(solution.spec.output_size(n_in) == n_out for solution in found)
    assert [s.kernel_size for s in found] == sorted(s.kernel_size for s in found)


def test_doubling_back():
    """The usual ways from 14 back to 28 are among them."""
    found = solve_transposed(14, 28)
    assert {TransposedSolution(2, 2, 0, 1, 0), TransposedSolution(3, 2, 1, 1, 1), TransposedSolution(4, 2, 1, 1, 0)} < {
        *found
    }


@pytest.mark.parametrize("n_in", [1, 5, 28])
def test_reachable_is_where_the_solver_finds_something(n_in):
    """Neither more nor less, for convolutions, pooling and transposed ones."""
    sizes = range(1, 60)
    assert [n for n in sizes if solve(n_in, n)] == [n for n in reachable(n_in) if n < 60]
    assert [n for n in sizes if solve(n_in, n, pooling=True)] == [n for n in reachable(n_in, pooling=True) if n < 60]
    assert [n for n in sizes if solve_transposed(n_in, n)] == [n for n in reachable_transposed(n_in) if n < 60]


def test_unread_is_what_the_spec_says():
    """As many pixels as ConvSpec.unused names, gaps and ends alike."""
    assert all(unread(11, solution) == len(solution.spec.unused(11)) for solution in solve(11, 4))
