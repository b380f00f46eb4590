"""From "a page is due" to "it was delivered": whom, by what, whether it may go now, how it reads, what became of it.

`respond.py` shows the whole way in one chain and is pure, as are its stages, a file each: `silence` and `inhibit` hold an
incident, `expand` and `take` say whom a decision and the ladder call, `dedupe`, `limit` and `route` decide what each reader
gets and when, `record` writes it. `fallback` decides what follows a definite no, `stale` whether a page still has a reason.
`sender` is the shell: it works through the outbox with `attempt` and `bundle`. `links` signs, `redact` masks, `wording` and
`words` are what pages say.
"""
