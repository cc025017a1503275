"""Our FastAGI server as app/serve_agi.py makes it, with the flows of bench/menu.py beside the real ones: `python -m bench.flow_server`."""

import argparse
import asyncio
import resource
import signal
from pathlib import Path

from agi.driver import Driver
from agi.server import Server
from agi.sounds import Sounds
from bench import menu
from hotline.call_facts import CallFact
from hotline.identity import CallId
from hotline.ports import Journal
from ivr.flows.catalogue import FLOWS
from storage.journal_files import JournalFiles, new_writer


class NoJournal:
    """Forgets everything: what a journal costs is the difference to this."""

    def write(self, call: CallId, fact: CallFact) -> None:
        """Nothing."""

    def close(self, call: CallId) -> None:
        """Nothing."""


async def serve(port: int, var: Path, journal: Journal) -> None:
    """Until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    driver = Driver(flows={**FLOWS, **menu.FLOWS}, sounds=Sounds(var / "asterisk" / "sounds" / "zh_CN"), journal=journal)
    await Server(driver.visit, most=2000).serve(host="127.0.0.1", port=port, stop=stop, grace_s=1)


def main() -> None:
    """Read the options and serve."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--var", type=Path, required=True)
    options.add_argument("--without-journal", action="store_true")
    chosen = options.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # 1,000 calls are 1,000 sockets
    journal = NoJournal() if chosen.without_journal else JournalFiles(chosen.var, writer=new_writer("bench"))
    asyncio.run(serve(chosen.port, chosen.var, journal))


if __name__ == "__main__":
    main()
