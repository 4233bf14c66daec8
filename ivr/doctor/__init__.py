"""Is this machine ready for callers, and what is to be done where it is not?

A check is a function of ``Patient`` that returns a ``Told``, or raises ``HotlineError`` with one line that ends with
the cure. ``examine`` runs all of them; none changes anything, and nothing personal is looked at.
"""

from ivr.doctor.examine import Finding, examine
from ivr.doctor.patient import Patient

__all__ = ["Finding", "Patient", "examine"]
