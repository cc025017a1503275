"""A database that does not answer is 503, whoever asked it; a mistake of ours stays 500."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import QueuePool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.database_problems import with_database
from console.problems import MEDIA_TYPE, with_problems
from storage.engine import open_for_writing

SECRET = "市民甲"
INSERT = text("INSERT INTO words VALUES (:words)")


def asked(work: Callable[[], object]) -> httpx.Response:
    """What a console answers whose endpoint does this."""
    app = with_database(with_problems(FastAPI()))
    app.add_api_route("/", lambda: {"did": bool(work())})

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
            return await client.get("/")

    return asyncio.run(run())


def write(path: Path) -> None:
    engine = open_for_writing(path, busy_ms=20)
    try:
        with engine.begin() as connection:
            connection.execute(INSERT, {"words": SECRET})
    finally:
        engine.dispose()


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE words (words TEXT UNIQUE)")
    connection.close()
    return path


def test_a_locked_database_is_503_and_the_log_says_why_without_what_was_to_be_written(
    words: Path, caplog: pytest.LogCaptureFixture
) -> None:
    holder = sqlite3.connect(words, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    answer = asked(lambda: write(words))
    holder.close()
    assert (answer.status_code, answer.json()["code"], answer.headers["content-type"]) == (503, "door_closed", MEDIA_TYPE)
    assert "OperationalError" in caplog.text
    assert SECRET not in caplog.text + answer.text


def test_a_database_that_was_taken_away_is_503(tmp_path: Path) -> None:
    assert asked(lambda: write(tmp_path / "none.sqlite")).status_code == 503


def test_a_pool_without_a_free_connection_is_503(words: Path) -> None:
    engine = create_engine(f"sqlite:///{words}", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01)
    with engine.connect():
        answer = asked(engine.connect)
    engine.dispose()
    assert answer.status_code == 503


def test_what_the_database_refuses_for_its_contents_and_what_nobody_expected_are_our_mistakes(words: Path) -> None:
    write(words)

    def unexpected() -> None:
        raise SQLAlchemyError(SECRET)

    for work in (lambda: write(words), unexpected):
        answer = asked(work)
        assert (answer.status_code, SECRET in answer.text) == (500, False)
