"""Incidents: findings join calls, people answer them, promises run; every change is a row of the ledger.

`machine.decide` is the one door: `(incident, event, now) -> outcome`, pure, so that the same events decide the same.
`timers.wake` says when an incident wants to be looked at again. Whom a page reaches is the next room's.
"""
