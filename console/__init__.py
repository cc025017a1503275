"""The web side. Today: is everything well? The desk of agents and supervisors comes later."""
