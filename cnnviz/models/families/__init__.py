"""Families of networks: a file each, whose `build` makes every network of the family."""
