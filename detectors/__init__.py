"""The detectors andon ships: one a file, found by entry point like anyone else's."""
