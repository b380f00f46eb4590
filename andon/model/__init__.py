"""The words of andon as data: frozen, typed, no behaviour beyond invariants.

Times are epoch seconds (UTC), durations seconds, everywhere. `Labels` map a dimension's name to its value.
What is stored or sent is a msgspec Struct; what only lives in a process is a frozen dataclass.
Import them from here: `from andon.model import Signal`.
"""

from andon.model.findings import AlertState, Change, Direction, Evidence, Finding, Light, Part
from andon.model.incidents import Acceptance, Alert, Clocked, Incident, Rise, Rung, State
from andon.model.ledger import Act, Reason, Row, Verb
from andon.model.pages import Delivery, Outcome, Page, Receipt, Sending
from andon.model.policies import Pledge, Policy, Step
from andon.model.series import Form, Match, Metric, Observation, Projection, Scale
from andon.model.signals import KINDS, SENT, Batch, Bools, Entry, Floats, Ints, Kind, Labels, Letter, Note, Signal, Tier

__all__ = [
    "KINDS",
    "SENT",
    "Acceptance",
    "Act",
    "Alert",
    "AlertState",
    "Batch",
    "Bools",
    "Change",
    "Clocked",
    "Delivery",
    "Direction",
    "Entry",
    "Evidence",
    "Finding",
    "Floats",
    "Form",
    "Incident",
    "Ints",
    "Kind",
    "Labels",
    "Letter",
    "Light",
    "Match",
    "Metric",
    "Note",
    "Observation",
    "Outcome",
    "Page",
    "Part",
    "Pledge",
    "Policy",
    "Projection",
    "Reason",
    "Receipt",
    "Rise",
    "Row",
    "Rung",
    "Scale",
    "Sending",
    "Signal",
    "State",
    "Step",
    "Tier",
    "Verb",
]
