"""Channels: one medium that carries pages to people, one a file; found by the entry points of group `andon.channels`.

How to add one: README.md beside this file. What one must do: `andon.channel`. How that is checked: `andon.testing.channels`.
"""
