"""Steps the detectors over the series and tells each alert's change of state: frames in, findings out.

`bank.Bank` is the door. One rule's way through a look: `view` observes, `probe` scores, `thresholds` says how much is too
much, `judge` asks whether there is enough behind it, `recovery` whether it is good again, `phases` moves the alert's
state, `evidence` tells a person why. `each` judges single signals, `snapshot` keeps all of it across restarts.
"""
