"""The status page and the health probe. Rendered on the server; nothing of a citizen is on it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment
from markupsafe import Markup
from starlette.middleware.trustedhost import TrustedHostMiddleware

from console.model import HealthReport

Report = Callable[[], Awaitable[HealthReport]]

HOSTS = ("127.0.0.1", "localhost")
"""By which names it may be asked for. Any other is a foreign page whose name was turned to this machine (DNS rebinding): 400."""

_PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<title>12345 热线 · 运行状态</title>
<style>
body { font-family: sans-serif; margin: 2rem; max-width: 50rem }
table { border-collapse: collapse; width: 100% }
td, th { padding: .4rem; border-bottom: 1px solid #ccc; text-align: left }
.bad { color: #b00020; font-weight: bold }
</style>
</head>
<body>
<h1>12345 热线 · 运行状态</h1>
<p{{ mark(report.healthy) }}>{{ '一切正常' if report.healthy else '需要处理' }}（{{ states.get(report.state, report.state) }}）</p>
{% for alarm in report.alarms %}
<p class="bad" role="alert">{{ alarm }}</p>
{% endfor %}
<table>
<tr><th>进程</th><th>状态</th><th>重启次数</th><th>说明</th></tr>
{% for each in report.processes %}
<tr>
<td>{{ each.name }}</td><td{{ mark(each.healthy) }}>{{ '正常' if each.healthy else '异常' }}</td>
<td>{{ each.restarts }}</td><td>{{ each.words }}</td>
</tr>
{% endfor %}
</table>
{% if report.leader %}
<p>主持分配 {{ report.leader }}</p>
{% endif %}
<p>通话中 {{ '未知' if report.live_calls is none else report.live_calls }} 路</p>
<p>未结束的通话日志 {{ report.open_journals }} · 待入库 {{ report.backlog }}</p>
</body>
</html>
""")

_STATES = {
    "starting": "启动中",
    "running": "运行中",
    "draining": "排空中：不接新来电",
    "stopping": "停止中",
    "stopped": "已停止",
    "alone": "监督进程不在",
}


def _mark(well: bool) -> Markup:
    return Markup("") if well else Markup(' class="bad"')


def console_app(report: Report, *, hosts: Sequence[str] = ()) -> FastAPI:
    """The web application. `/healthz` answers 200 when all is well, else 503 with the same JSON. `hosts`: other names of it."""
    app = FastAPI(title="12345", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*HOSTS, *hosts])

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        now = await report()
        return JSONResponse({"healthy": now.healthy, **asdict(now)}, status_code=200 if now.healthy else 503)

    @app.get("/")
    async def status() -> HTMLResponse:
        return HTMLResponse(_PAGE.render(report=await report(), states=_STATES, mark=_mark))

    return app
