"""What the operator talks about: frozen nouns, no behaviour that touches the world."""
