"""业务单: what the city does with a citizen's matter. So far only the draft that a call leaves."""
