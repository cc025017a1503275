"""Shared words of the hotline: what every room may say to every other. Standard library only, no I/O."""
