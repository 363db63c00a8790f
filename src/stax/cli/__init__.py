"""The command line: words in, tables and events out."""
