"""The HTTP front: who may ask, which service answers, and how it is said in AWS's protocols."""
