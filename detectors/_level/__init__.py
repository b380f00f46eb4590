"""What `level` is made of: what is left of a level, and the three parts that look at it."""
