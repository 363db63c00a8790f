"""What runs on the machines: one zipapp, standard library only."""
