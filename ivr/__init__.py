"""The citizen's side of a call: sans-I/O flows that yield orders and receive facts."""
