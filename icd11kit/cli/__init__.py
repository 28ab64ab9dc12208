"""The command line: parse arguments, ask the service once, print."""
