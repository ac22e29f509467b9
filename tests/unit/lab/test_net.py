"""Which subnet a lab gets, and which ones it is refused."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from lab import net
from lab.errors import LabError, UsageError


def test_the_first_free_network_of_the_pool_is_taken() -> None:
    assert net.choose_subnet([]) == IPv4Network("10.77.0.0/24")
    taken = [IPv4Network("10.77.0.0/23"), IPv4Network("10.77.3.128/25"), IPv4Network("10.5.0.0/16")]
    assert net.choose_subnet(taken) == IPv4Network("10.77.2.0/24")
    assert net.choose_subnet([*taken, IPv4Network("10.77.2.7/32")]) == IPv4Network("10.77.4.0/24")


def test_a_pool_in_use_is_refused_with_the_way_out() -> None:
    with pytest.raises(LabError, match=r"no free /24 in 10\.77\.0\.0/16: give one with --subnet"):
        net.choose_subnet([IPv4Network("10.0.0.0/8")])


def test_a_subnet_that_was_asked_for_is_taken_when_free() -> None:
    taken = {IPv4Network("10.77.0.0/24"): "lab 'default'"}
    assert net.check_subnet("10.77.1.0/24", taken) == IPv4Network("10.77.1.0/24")


def test_a_subnet_in_use_is_refused_naming_its_owner() -> None:
    taken = {IPv4Network("10.77.0.0/24"): "lab 'default'"}
    with pytest.raises(LabError, match=r"10\.77\.0\.0/24 belongs to lab 'default'; choose another"):
        net.check_subnet("10.77.0.0/20", taken)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10.77.1.5/24", "has host bits set; an example is 10.77.5.0/24"),
        ("nonsense", "an example is 10.77.5.0/24"),
        ("fd00::/64", "an example is 10.77.5.0/24"),
        ("10.77.0.0/28", "between /16 and /27"),
        ("10.0.0.0/8", "between /16 and /27"),
        ("8.8.8.0/24", "a private network"),
    ],
)
def test_what_is_no_subnet_for_a_lab_is_a_usage_error(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        net.check_subnet(text, {})


def test_a_bridge_name_fits_the_kernel_for_the_longest_lab_name() -> None:
    assert len(net.bridge_name("a" * 12)) <= 15
