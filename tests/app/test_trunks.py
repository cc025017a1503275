"""Printing what was found about trunks."""

import asyncio

from agi.trunk_check import Finding, Weight
from app.trunks import as_text, is_bad, lookup

FOUND = [
    Finding(trunk="telecom", weight=Weight.GOOD, what="正常，往返 3 毫秒"),
    Finding(trunk="mobile", weight=Weight.BAD, what="注册被拒绝", remedy="核对密码"),
    Finding(trunk="", weight=Weight.WARNING, what="时钟没有同步", remedy="启用时间同步"),
]


def test_each_finding_is_a_line_with_its_remedy_below() -> None:
    assert as_text(FOUND) == "✓ telecom：正常，往返 3 毫秒\n✗ mobile：注册被拒绝\n    → 核对密码\n! 时钟没有同步\n    → 启用时间同步"


def test_only_what_keeps_citizens_away_is_a_failure() -> None:
    assert is_bad(FOUND)
    assert not is_bad([FOUND[0], FOUND[2]])


def test_an_address_is_found_without_asking_anybody() -> None:
    assert asyncio.run(lookup("127.0.0.1")) == ("127.0.0.1",)
