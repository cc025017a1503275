"""The table [routing] and what is refused in it."""

from pathlib import Path

import pytest

from app.settings import read_settings
from hotline.errors import BadSettings


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "hotline.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_kept_seats_are_told_by_their_skills(tmp_path: Path) -> None:
    settings = read(tmp_path, '[[routing.skills]]\nname = "enterprise"\nkept_seconds = 40\n[[routing.skills]]\nname = "tax"\n')
    assert dict(settings.routing.kept) == {"enterprise": 40}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[routing.skills]]\nname = "a"\n[[routing.skills]]\nname = "a"\n', "重复"),
        ('[routing]\nbalance = "random"\n', "routing.balance"),
        ("[routing.head_start_seconds]\nemergency = 5\n", "emergency"),
        ('[[agents]]\nid = "1001"\nname = "甲"\nskills = ["税务"]\n', "skills"),
        ('[[agents]]\nid = "1001"\nname = "甲"\nkept_for = "tax"\nskills = ["tax"]\n', "kept_seconds"),
        ('[[agents]]\nid = "1001"\nname = "甲"\nkept_for = "tax"\n[[routing.skills]]\nname = "tax"\nkept_seconds = 1\n', "kept_for"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_name(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        read(tmp_path, text)
