"""stax: a private Docker cluster on AWS, from one command."""

__version__ = "0.1.0"
