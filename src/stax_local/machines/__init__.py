"""The machines of a region: their root file system, their disks, their clock of life."""
