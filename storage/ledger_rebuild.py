"""The ledger made anew from the kept journals, when its file is gone and no backup is left (`scripts/ledger rebuild`).

The journals are the truth about calls, and they are kept: they go back to `closed/`, and the worker does its work once more. Recordings
stay where they are and are found by the call's id. Drafts are pushed once more under the same key and revision, which a ticket backend
takes for known. What people did in the ledger itself (a call-back that was closed) is not in the journals and comes up again.
"""

from hotline.errors import HotlineError
from storage.journal_sweep import Part, parts_in
from storage.layout import Layout
from storage.migrate import is_gone, migrate
from storage.workflows import forget_in

NEW = ".rebuilding"


class LedgerStands(HotlineError):
    """There is a ledger, so nothing is to be rebuilt."""


def rebuild(layout: Layout) -> int:
    """Bring every kept journal back to the worker, then put an empty ledger in place. Returns how many journals.

    Raises `LedgerStands`, and what the disk and the databases raise. The ledger comes last: interrupted, it may be asked again.
    """
    if not is_gone(layout):
        raise LedgerStands("台账文件还在，或还没有通话，不需要重建 the ledger is there, or there are no calls: nothing to rebuild")
    new = layout.ledger.with_name(layout.ledger.name + NEW)
    for left in layout.ledger.parent.glob(f"{new.name}*"):
        left.unlink()
    migrate(new)
    done = 0
    for folder in sorted((layout.var / "journal" / "kept").iterdir()):
        parts = sorted(parts_in(folder))
        forget_in(layout, parts)
        for part in parts:
            _bring_back(layout, part)
        done += len(parts)
    for left in layout.ledger.parent.glob(f"{layout.ledger.name}-*"):
        left.unlink()  # the log of the file that is gone must not be read into the new one
    new.rename(layout.ledger)
    new.with_name(new.name + ".migrating").unlink(missing_ok=True)
    return done


def _bring_back(layout: Layout, part: Part) -> None:
    (layout.journal_kept(part.call) / part.name).rename(layout.journal_closed / part.name)
