"""Signals become frames: per series and ten seconds of event time, a vector of counts; frames merge by adding."""
