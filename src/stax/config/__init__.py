"""The configuration file: read, checked all at once, and turned into template parameters."""
