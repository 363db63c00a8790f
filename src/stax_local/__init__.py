"""The local region: an AWS region on one Linux machine."""
