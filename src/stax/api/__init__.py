"""The verbs, one a module: what the command line calls and what a program may call."""
