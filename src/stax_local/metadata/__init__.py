"""The instance metadata service, 169.254.169.254: what a machine may know about itself."""
