"""`scripts/line`: what the staff do with the menu: check, draw, publish, go back, look. Each returns the lines that are shown to them."""

import os
import pwd
from datetime import datetime
from pathlib import Path

from app.line_book import LineBook, Publication, in_force
from app.line_judging import judge_line, refused, texts_of
from app.provisioning import key_plan
from app.settings import Settings
from hotline.errors import BadSettings, MalformedInput
from hotline.workdays import CHINA
from ivr.line_acceptance import Verdict
from ivr.line_drawing import draw
from ivr.line_plan import StaffPlan


class NotFit(MalformedInput):
    """The file may not be published: the message is the list of its findings, each with line and fix."""


def read_line(file: Path) -> str:
    """The text of a line.toml. Raises `BadSettings`."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadSettings(f"{file}: 读不到 cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise BadSettings(f"{file}: 不是 UTF-8 编码，请另存为 UTF-8 not UTF-8: save it as UTF-8") from None


def sound_plan(text: str, settings: Settings, now: datetime, name: object = "line.toml") -> tuple[StaffPlan, Verdict]:
    """The plan in this text, and what was found. Raises `NotFit` when it may not be published."""
    verdict = judge_line(text, settings, today=now.astimezone(CHINA).date())
    if verdict.plan is None:
        count = len(refused(verdict))
        raise NotFit("\n".join([f"{name}: 有 {count} 处要改 to be mended:", *(f"  {finding}" for finding in verdict.findings)]))
    return verdict.plan, verdict


def check(file: Path, settings: Settings, now: datetime) -> list[str]:
    """Judge it. Raises `NotFit`."""
    plan, verdict = sound_plan(read_line(file), settings, now, file)
    count = f"{len(plan.menus)} 个菜单，{len(plan.rehearsals)} 条预演全部通过"
    return [*(f"  {finding}" for finding in verdict.findings), f"可以发布 fit to be published：版本 {plan.version}，{count}"]


def picture(file: Path, target: Path, settings: Settings, now: datetime) -> list[str]:
    """Draw it into `target`. Raises `NotFit`."""
    plan, _ = sound_plan(read_line(file), settings, now, file)
    try:
        target.write_text(draw(plan, texts_of().get("zh_CN", {}), key_plan(settings)), encoding="utf-8")
    except OSError as error:
        raise MalformedInput(f"{target}: 写不进 cannot be written ({error.strerror})") from error
    return [f"{target}: 已画好 drawn，用浏览器打开 open it with a browser"]


def publish(file: Path, settings: Settings, book: LineBook, *, now: datetime, at: datetime | None = None) -> list[str]:
    """Check it, keep it and let it count from `at` on, or from now. Raises `NotFit`, `MalformedInput`."""
    text = read_line(file)
    plan, verdict = sound_plan(text, settings, now, file)
    if at is not None and at < now:
        raise MalformedInput(f"--at {china(at)}: 已经过去 lies in the past；不写 --at 就是立刻 leave it out for at once")
    book.keep(plan.version, text)
    book.publish(plan.version, since=at or now, by=user(), now=now)
    when = f"{china(at)} 起生效 counts from then on" if at else "已生效，新来电一秒之内听到 new calls hear it within a second"
    return [
        *(f"  {finding}" for finding in verdict.findings),
        f"版本 {plan.version} {when}；正在进行的通话不受影响 running calls keep theirs",
        "退回上一版 undo: scripts/line back",
    ]


def back(version: str, settings: Settings, book: LineBook, now: datetime) -> list[str]:
    """Cancel what is to come; else return to the version before, or to any that was kept. Raises `MalformedInput`."""
    if version:
        text = book.text_of(version)
        if text is not None:
            sound_plan(text, settings, now, version)
        book.publish(version, since=now, by=user(), now=now)
    else:
        coming = [each.version for each in book.publications() if each.since > now]
        version = book.back(by=user(), now=now)
        if coming:
            return [f"已取消定时发布 what was to come is cancelled：{'、'.join(coming)}；现用仍是 in force stays {version}"]
    return [f"已退回 back to：版本 {version}；新来电一秒之内听到 new calls hear it within a second"]


def versions(book: LineBook, now: datetime) -> list[str]:
    """Every publication, and what counts now or will. Raises `MalformedInput`."""
    publications = book.publications()
    present = in_force(publications, now)
    lines = [_one_line(each, "现用 in force" if each is present else "待生效 to come" if each.since > now else "") for each in publications]
    unused = [version for version in book.versions() if version not in {each.version for each in publications}]
    lines += [f"{version:16} 没有发布过 never published" for version in unused]
    return lines or ["还没有发布过菜单 no menu was published yet：scripts/line publish"]


def show(book: LineBook, now: datetime) -> list[str]:
    """The file that counts now, as it was written; `# …` above it says which it is."""
    present = in_force(book.publications(), now)
    if present is None:
        return ["# 还没有发布过菜单：欢迎词、录音提示，然后转人工 no menu: greeting, notice, a human"]
    return [f"# {_one_line(present, '现用 in force')}", (book.text_of(present.version) or "").rstrip()]


def ready_line(file: Path, settings: Settings, book: LineBook, now: datetime) -> str:
    """At the start of the line: the first menu is published by it, a later one only by `scripts/line publish`. Returns a note.

    Raises `NotFit` when there is no other menu that could be heard instead.
    """
    begun = in_force(book.publications(), now)
    if not file.exists():
        return f"版本 {begun.version}" if begun else "没有 line.toml：欢迎词，然后转人工 no menu"
    if begun is None:
        plan, _ = sound_plan(read_line(file), settings, now, file)
        publish(file, settings, book, now=now)
        return f"版本 {plan.version} 已发布 published"
    if judge_line(book.text_of(begun.version) or "", settings).plan is None:
        return f"版本 {begun.version} 不再合格，先用上一个 not fit any more, the one before it counts；改好再发布 scripts/line check"
    if read_line(file) != book.text_of(begun.version):
        return f"版本 {begun.version}；{file.name} 与它不同，发布用 differs, to publish it: scripts/line publish"
    return f"版本 {begun.version}"


def parsed(moment: str) -> datetime:
    """A moment as the staff write it: China's wall clock (2026-10-01T03:00). Raises `MalformedInput`."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise MalformedInput(f"{moment}: 写成 2026-10-01T03:00（北京时间）write it like this, China's time") from None
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def china(moment: datetime) -> str:
    """A moment as the staff read it."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def user() -> str:
    """Who publishes: the user of this machine, nothing else about him."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _one_line(each: Publication, note: str) -> str:
    return f"{each.version:16} {china(each.since)} 起  {each.by}  {note}".rstrip()
