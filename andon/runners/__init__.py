"""What runs the rooms: one machine, history on a virtual clock; every one the very same rooms."""
