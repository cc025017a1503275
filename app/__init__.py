"""The only room that knows all others: settings, bootstrap, processes, supervisor, command line."""
