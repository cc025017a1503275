"""Findings stand in the file's order and read as one sentence with its remedy."""

from ivr.line_findings import Finding, Flaw, findings
from ivr.line_places import Places


def test_a_finding_reads_as_a_sentence() -> None:
    assert str(Finding(line=3, what="少了一句", fix="补上")) == "第 3 行：少了一句。改法：补上。"
    assert str(Finding(line=3, what="少了一句", fix="补上", refuses=False)) == "第 3 行（提醒）：少了一句。改法：补上。"
    assert str(Finding(line=0, what="太大", fix="看看")) == "整个文件：太大。改法：看看。"


def test_flaws_become_findings_in_the_files_order_each_once() -> None:
    places = Places("a = 1\nb = 2\n")
    flaws = [Flaw(place=("b",), what="乙", fix="改"), Flaw(place=("a",), what="甲", fix="改"), Flaw(place=("b",), what="乙", fix="改")]
    assert [(finding.line, finding.what) for finding in findings(flaws, places)] == [(1, "甲"), (2, "乙")]
