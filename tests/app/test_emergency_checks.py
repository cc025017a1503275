"""What is wrong with [emergency] is refused at the start, with its line and the remedy."""

from pathlib import Path

import pytest

from app.emergency_checks import judge, own_number, sound_emergency
from app.line_judging import texts_of
from app.places import PROJECT
from app.settings import read_settings
from hotline.errors import BadSettings

TEXTS = texts_of()["zh_CN"]
TRUNKS = """
[[trunks]]
name = "telecom"
host = "192.0.2.10"
[[trunks]]
name = "mobile"
host = "192.0.2.20"
area_code = "020"
"""
SERVICE = """
[[emergency.services]]
id = "{id}"
targets = ["telecom/06630000{id}", "mobile/06630000{id}"]
"""
FOUR = "".join(SERVICE.format(id=service) for service in ("110", "120", "119", "122"))
WHOLE = TRUNKS + "[emergency]\n" + FOUR


def judged(tmp_path: Path, text: str) -> tuple[list[str], list[str]]:
    """What is refused and what is hinted at, each as `:line: words`."""
    path = tmp_path / "hotline.toml"
    path.write_text(text, encoding="utf-8")
    found = judge(path, read_settings(path), TEXTS)
    return [line.removeprefix(str(path)) for line in found.refused], [line.removeprefix(str(path)) for line in found.hints]


def line_with(text: str, words: str, count: int = 1) -> int:
    """The number of the line that has these words, for the count-th time."""
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if words in line]
    return lines[count - 1]


def test_what_is_complete_is_accepted_without_a_word(tmp_path: Path) -> None:
    assert judged(tmp_path, WHOLE) == ([], [])


def test_the_shipped_settings_start_and_say_loudly_where_the_key_leads() -> None:
    config = PROJECT / "config" / "hotline.toml"
    [hint] = sound_emergency(config, read_settings(config), TEXTS)
    assert "紧急求助键只转值班坐席" in hint


def test_production_without_an_emergency_path_does_not_start(tmp_path: Path) -> None:
    path = tmp_path / "hotline.toml"
    path.write_text('profile = "production"\n', encoding="utf-8")
    with pytest.raises(BadSettings, match=r"profile = production.*\[emergency\].*docs/operators/emergency.md"):
        sound_emergency(path, read_settings(path), TEXTS)


def test_a_service_that_is_missing_is_named_with_what_to_write(tmp_path: Path) -> None:
    text = WHOLE.replace(SERVICE.format(id="120"), "")
    [refused] = judged(tmp_path, text)[0]
    assert refused.startswith(f":{line_with(text, '[emergency]')}: emergency.services: 缺少 120 医疗急救")
    assert '[[emergency.services]]，id = "120"，targets = ' in refused


def test_a_section_that_sets_anything_lacks_all_four_and_one_that_says_nothing_is_none(tmp_path: Path) -> None:
    assert len(judged(tmp_path, "[emergency]\nself_test = '04:30'\n")[0]) == 4
    assert judged(tmp_path, "[emergency]\nkey = '*'\nservices = []\n") == judged(tmp_path, "")


def test_the_first_table_stands_for_a_section_without_a_head(tmp_path: Path) -> None:
    text = TRUNKS + SERVICE.format(id="110")
    refused = judged(tmp_path, text)[0]
    assert len(refused) == 3
    assert all(line.startswith(f":{line_with(text, '[[emergency.services]]')}: ") for line in refused)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('"telecom/06630000120", "mobile/06630000120"', "", "targets = []", "emergency.services.120: 没有去处 no target"),
        ("mobile/06630000119", "unicom/06630000119", "unicom", "没有中继 no trunk unicom；现有 there are: telecom、mobile"),
        ("telecom/06630000122", "telecom/066312345", "telecom/066312345", "066312345 就是我们自己的 12345"),
        ("telecom/06630000122", "telecom/12345", "telecom/12345", "12345 就是我们自己的 12345"),
        ("mobile/06630000122", "mobile/02012345", "mobile/02012345", "02012345 就是我们自己的 12345"),
        ("mobile/06630000122", "mobile/8666312345", "mobile/8666312345", "就是我们自己的 12345"),
        ('id = "119"', 'id = "119"\nkey = "2"', 'key = "2"', "120 和 119 都用键 2"),
        ('id = "119"', 'id = "110"', "[emergency]", "缺少 119"),
        ('id = "119"', 'id = "110"', 'id = "110"#2', "110 重复 stands there twice"),
        ("[emergency]", '[emergency]\nkey = "3"', "[[emergency.services]]#3", "3 就是紧急求助键"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: str, words: str) -> None:
    text = WHOLE.replace(old, new)
    wanted, _, count = line.partition("#")
    at = line_with(text, wanted, int(count or 1))
    refused = judged(tmp_path, text)[0]
    assert any(each.startswith(f":{at}: ") for each in refused if words in each), refused


def test_an_alias_of_ours_is_ours_too(tmp_path: Path) -> None:
    path = tmp_path / "hotline.toml"
    path.write_text('[[lines]]\nnumber = "12345"\nname = "x"\naliases = ["0663-8112345"]\n', encoding="utf-8")
    settings = read_settings(path)
    assert own_number(settings, "06638112345", "020") == "12345"
    assert own_number(settings, "866638112345", "020") == "12345"
    assert own_number(settings, "06630000110", "020") == ""


def test_a_trunk_that_leads_back_to_this_machine_is_refused(tmp_path: Path) -> None:
    [refused, *_] = judged(tmp_path, WHOLE.replace("192.0.2.10", "127.0.0.1"))[0]
    assert "中继 telecom 指向本机 points at ourselves (127.0.0.1:5060)" in refused


def test_dialling_110_itself_is_a_hint(tmp_path: Path) -> None:
    refused, hints = judged(tmp_path, WHOLE.replace("telecom/06630000110", "telecom/110"))
    assert refused == []
    assert "由运营商决定接到哪个城市" in hints[0]


def test_calls_in_over_a_trunk_that_is_not_there_or_twice_are_refused(tmp_path: Path) -> None:
    incoming = '[[emergency.incoming]]\ntrunk = "police"\nservice = "110"\n'
    twice = '[[emergency.incoming]]\ntrunk = "mobile"\nservice = "110"\n' * 2
    assert "没有中继 no trunk police" in judged(tmp_path, WHOLE + incoming)[0][0]
    assert "中继 mobile 重复" in judged(tmp_path, WHOLE + twice)[0][0]


def test_words_that_name_other_keys_are_refused(tmp_path: Path) -> None:
    swapped = WHOLE.replace('id = "110"', 'id = "110"\nkey = "2"').replace('id = "120"', 'id = "120"\nkey = "1"')
    [menu] = judged(tmp_path, swapped)[0]
    assert "emergency-menu 说的按键不对 names other keys: 110 说 1 实为 2、120 说 2 实为 1" in menu
    [keys] = judged(tmp_path, WHOLE.replace("[emergency]", '[emergency]\nkey = "9"'))[0]
    assert "lifeline-keys 说按 星号，紧急求助键是 the emergency key is 9" in keys


def test_a_target_that_is_written_wrongly_is_told_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="写成 中继名/完整号码，例如 telecom/06630000110"):
        judged(tmp_path, WHOLE.replace("telecom/06630000110", "06630000110"))


def test_no_file_is_told_of(tmp_path: Path) -> None:
    config = PROJECT / "config" / "hotline.toml"
    with pytest.raises(BadSettings, match="读不到"):
        judge(tmp_path / "none.toml", read_settings(config), TEXTS)
