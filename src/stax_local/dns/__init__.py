"""The VPC's resolver: private names of its machines, AWS's own names, the internet's test servers."""
