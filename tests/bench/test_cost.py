"""CPU and memory as the kernel counts them."""

import os

import pytest

from bench.cost import cpu, resident_kib

GONE = 2**22 + 1  # above every pid


def test_our_own_work_is_counted() -> None:
    before = cpu([os.getpid()])
    while cpu([os.getpid()]) - before <= 0:
        sum(range(10_000))
    assert cpu([os.getpid()]) - before < 1000


def test_a_process_that_is_gone_is_no_zero() -> None:
    with pytest.raises(ProcessLookupError):
        cpu([GONE])
    with pytest.raises(ProcessLookupError):
        resident_kib(GONE)


def test_memory_is_that_of_the_process_alone() -> None:
    assert 1000 < resident_kib(os.getpid()) < 1_000_000
