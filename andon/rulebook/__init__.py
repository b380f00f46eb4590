"""The rulebook: what counts as abnormal, how loudly it calls, whose it is, who is called and how soon they promise to answer.

A directory of YAML goes one way through this room: `source` reads bytes into plain data that remembers its lines, `forms`
says what may stand there, `merge` puts the files together, `translate` resolves names, defaults and the environment, and
`model` is what the rest of the house reads. All that is wrong is told at once (`RulebookError`); what is merely unwise is a
notice of `check`, a registry to which other rooms add. `load` does the whole way; `watch` tells
whether a directory has changed since.
"""
