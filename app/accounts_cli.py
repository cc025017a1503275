"""`scripts/accounts` on the command line: who may sign in, and which other systems. Whoever can run it acts as `operator`."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.places import Places
from app.prompts_cli import CALLED_FROM
from hotline.access import MOST_SECRET, Actor, Role
from hotline.errors import MalformedInput

if TYPE_CHECKING:
    from app.accounts import Accounts
    from hotline.accounts import Person

_Run = Callable[[argparse.Namespace, "Accounts"], str]
_DAYS = 365


def add_accounts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """`accounts ACTION …`; all of them work while the system runs."""
    whole = commands.add_parser("accounts", help="帐号：人员、密码、接口令牌 who may sign in: people, passwords, tokens")
    actions = whole.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, help_: str, run: _Run, *named: str) -> argparse.ArgumentParser:
        parser = actions.add_parser(name, parents=[common], help=help_)
        parser.set_defaults(run=lambda asked, places: _with_accounts(asked, places, run))
        for each in named:
            parser.add_argument(each, metavar={"login": "工号"}.get(each, each.upper()))
        return parser

    action("list", "全部人员 everybody, the disabled ones too", _list)
    _told(action("add", "新增，显示一次性密码 somebody new; shows a one-time password", _add, "login"), needed=True)
    _told(
        action("change", "修改角色、单位、涉密级别、姓名；其登录全部失效 whatever is named; he is signed out", _change, "login"),
        needed=False,
    )
    action("disable", "停用，立即退出 signed out at once, and for good", lambda asked, accounts: _enable(asked, accounts, False), "login")
    action("enable", "恢复 back again", lambda asked, accounts: _enable(asked, accounts, True), "login")
    action("reset", "重置密码 a new one-time password", _reset, "login")
    action("tokens", "全部接口令牌 all tokens, no secret", _tokens)
    token = action("token", "发放接口令牌，只显示一次 a token for another system, shown once", _token, "name")
    _told(token, needed=True)
    token.add_argument(
        "--for", dest="scopes", nargs="+", required=True, metavar="ACT", help="用途，如 tickets.file；见 docs/staff/roles.md"
    )
    token.add_argument("--days", type=int, default=_DAYS, help="有效天数 how long it lasts, 365 at most")
    action("units", "全部单位 all units", _units)
    action("import-units", "从 CSV 登记单位，全部或全不 all units of a CSV file, or none", _import_units).add_argument("file", type=Path)
    action("withdraw", "收回接口令牌 the token is dead at once", _withdraw, "token")


def _told(parser: argparse.ArgumentParser, *, needed: bool) -> None:
    none = argparse.SUPPRESS
    words = "、".join(role for role in Role if role is not Role.CLOCK)
    parser.add_argument("--roles", nargs="+", type=_role, required=needed, default=none, metavar="ROLE", help=words)
    parser.add_argument("--unit", default=none, help="承办单位编号 the unit that he works for")
    parser.add_argument(
        "--cleared",
        type=int,
        default=none,
        choices=range(MOST_SECRET + 1),
        help="可办理的最高保密级别 the secrecy level that he may handle",
    )
    if "name" not in {each.dest for each in parser._actions}:  # noqa: SLF001 - argparse offers no other way to ask
        parser.add_argument("--name", default=none, help="姓名")


def _role(word: str) -> Role:
    """班长, or supervisor."""
    found = next((role for role in Role if role is not Role.CLOCK and word in (role.value, role.name.lower(), role.name)), None)
    if found is None:
        raise argparse.ArgumentTypeError(f"没有这个角色 no such role: {word}")
    return found


def _with_accounts(asked: argparse.Namespace, places: Places, run: _Run) -> int:
    from app.accounts import open_accounts
    from storage.layout import Layout
    from storage.migrate import prepare_ledger

    places.make()
    prepare_ledger(Layout(var=places.var))
    accounts = open_accounts(places)
    try:
        sys.stdout.write(run(asked, accounts) + "\n")
    finally:
        accounts.shut()
    return 0


def _list(_asked: argparse.Namespace, accounts: "Accounts") -> str:
    return "\n".join(_line(each) for each in accounts.people.all()) or "没有人员 nobody"


def _line(each: "Person") -> str:
    words = (each.login, each.name, "、".join(role for role in Role if role in each.roles), each.unit)
    marks = (f"涉密{each.cleared}" if each.cleared else "", "" if each.enabled else "已停用 disabled")
    return "  ".join(word for word in (*words, *marks) if word)


def _add(asked: argparse.Namespace, accounts: "Accounts") -> str:
    from hotline.accounts import Person

    person = Person(login=asked.login, **_wanted(asked))  # type: ignore[arg-type]
    return _password(accounts.people.add(person, by=_operator(), at=_now()))


def _change(asked: argparse.Namespace, accounts: "Accounts") -> str:
    from dataclasses import replace

    accounts.people.change(replace(_known(asked, accounts), **_wanted(asked)), by=_operator(), at=_now())  # type: ignore[arg-type]
    return "已修改，其登录已全部失效 changed; he is signed out"


def _enable(asked: argparse.Namespace, accounts: "Accounts", enabled: bool) -> str:
    from dataclasses import replace

    accounts.people.change(replace(_known(asked, accounts), enabled=enabled), by=_operator(), at=_now())
    return "已恢复 enabled" if enabled else "已停用，其登录已全部失效 disabled; he is signed out"


def _reset(asked: argparse.Namespace, accounts: "Accounts") -> str:
    return _password(accounts.people.reset(asked.login, by=_operator(), at=_now()))


def _tokens(_asked: argparse.Namespace, accounts: "Accounts") -> str:
    lines = [
        f"{each.id}  {each.name}  {' '.join(sorted(each.scopes))}  {each.expires:%Y-%m-%d}{'' if each.enabled else '  已收回 withdrawn'}"
        for each in accounts.tokens.all()
    ]
    return "\n".join(lines or ["没有令牌 no tokens"])


def _token(asked: argparse.Namespace, accounts: "Accounts") -> str:
    from hotline.accounts import ApiToken

    expires = _now() + timedelta(days=asked.days)
    wanted = ApiToken(
        id="t-new",
        name=asked.name,
        scopes=frozenset(asked.scopes),
        expires=expires,
        roles=frozenset(asked.roles),
        unit=getattr(asked, "unit", ""),
        cleared=getattr(asked, "cleared", 0),
    )
    token, told = accounts.tokens.make(wanted, by=_operator(), at=_now())
    return f"{told}\n  {token.id}，只显示这一次，{expires:%Y-%m-%d} 到期 shown once"


def _withdraw(asked: argparse.Namespace, accounts: "Accounts") -> str:
    accounts.tokens.withdraw(asked.token, by=_operator(), at=_now())
    return "已收回 withdrawn"


def _units(_asked: argparse.Namespace, accounts: "Accounts") -> str:
    lines = [
        "  ".join(word for word in (each.id, each.name, f"{each.tier}级", each.place, each.above, each.state) if word)
        for each in accounts.units.all()
    ]
    return "\n".join(lines or ["没有单位 no units"])


def _import_units(asked: argparse.Namespace, accounts: "Accounts") -> str:
    from app.unit_list import read_units

    units = read_units(Path(os.environ.get(CALLED_FROM, "."), asked.file))
    accounts.units.bring(units, by=Actor(id="operator", roles=frozenset({Role.OFFICE})), at=_now())
    return f"已登记 {len(units)} 个单位 kept"


def _known(asked: argparse.Namespace, accounts: "Accounts") -> "Person":
    person = accounts.people.person(asked.login)
    if person is None:
        raise MalformedInput(f"{asked.login}: 没有这个工号 no such person; scripts/accounts list shows all")
    return person


def _wanted(asked: argparse.Namespace) -> dict[str, object]:
    told = {name: value for name, value in vars(asked).items() if name in ("roles", "unit", "cleared", "name")}
    return {**told, "roles": frozenset(told["roles"])} if "roles" in told else told


def _password(password: str) -> str:
    return f"{password}\n  一次性密码，只显示这一次，首次登录时须修改 shown once, to be changed at the first signing in"


def _operator() -> Actor:
    return Actor(id="operator", roles=frozenset({Role.ADMINISTRATOR}))


def _now() -> datetime:
    return datetime.now(UTC)
