"""Measured comparisons (性能测量). `scripts/bench NAME [--json]`; each prints its figures, its bars and the commit it measured."""
