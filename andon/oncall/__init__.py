"""Who is on duty, whom a step of a ladder reaches, and when the next step is due: pure, read from the rulebook.

`turns` counts a rotation's turns, `schedule` lays layers and overrides over one another, `duty` turns a step's targets into
people and rooms, `roster` tells shifts and gaps, `load` what they cost, `ladder` climbs, `paged` tells who is paged for a rule,
when and by what, `checks` finds gaps and unfair load for `andon check`. People are looked up when a step is due, never before.
"""
