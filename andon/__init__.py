"""andon: watches what customers go through, and calls the person on duty before the customers have to.

    bytes    ingest/     Batch (columns); bad input becomes dead letters, with the reason
      |      log/        durable before it is acknowledged
      |      streams/    Batch -> Frame: counts per series and 10 s of event time, which merge by adding
      |      bank/       steps the detectors over the series: Frame -> Finding
      |      rulebook/   which rule, which tier, whose
      |      incidents/  alerts join incidents: state machines, promises' clocks, the ledger
      |      respond/    who is on duty, which step is due; silence, inhibit, dedupe, limit, route, send, record
      v      channels/   console, webhook, Slack
    people   web/        the live board

Read `app.py` first: the whole way stands there in one function. Nothing flows back except acts, which enter at
`incidents/`, and of them what is accepted as the new normal, which goes the whole way as a signal of the `log/`.
"""
