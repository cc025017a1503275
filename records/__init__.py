"""The structured call record and the journal lines it is made from."""
