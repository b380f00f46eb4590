"""What `river` is made of: which models it takes, and how an object's state is held in arrays."""
