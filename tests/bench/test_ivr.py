"""The report of the menu bench: medians, ratio, and the price of each safety."""

from bench.ivr import Cost, Size, report_of


def cost(asterisk: float, python: float = 0.0, failed: int = 0) -> Cost:
    return Cost(asterisk_ms=asterisk, python_ms=python, failed=failed)


def test_ratio_and_prices_are_of_medians() -> None:
    native, ours = [cost(4.0), cost(5.0), cost(50.0)], [cost(5.5, 1.5), cost(5.0, 1.0), cost(6.0, 2.0)]
    prices = {"whole": [cost(6.0, 1.0), cost(9.0, 1.0)], "no-journal": [cost(5.5, 1.0), cost(8.5, 1.0)]}
    report = report_of(native, ours, prices, {"native": 300.0, "ours": 200.0}, 10.0, 0.5, Size())
    figures = {figure.name: figure.value for figure in report.figures}
    assert (figures["native_total"], figures["ours_total"], figures["ours_python"]) == (5.0, 7.0, 1.5)
    assert figures["price_journal"] == 0.5
    assert report.bars[0].value == 1.4
    assert report.ok


def test_one_failed_call_misses_a_bar() -> None:
    report = report_of([cost(5.0)], [cost(5.0, 1.0, failed=1)], {}, {}, 1.0, 0.0, Size())
    assert [bar.what for bar in report.bars if not bar.ok] == ["failed calls"]
