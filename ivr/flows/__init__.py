"""One module per flow; each is a generator over `ivr.orders` and `ivr.facts`."""
