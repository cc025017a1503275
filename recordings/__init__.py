"""Audio of a call: naming, keeping, and the joining of its two sides."""
