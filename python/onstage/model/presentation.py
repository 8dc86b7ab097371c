"""How a show is presented: everything that may change while it runs, and reaches its composer whole each time."""

from dataclasses import dataclass, field

from onstage.model.layout import Layout
from onstage.model.look import Look
from onstage.model.mix import Mix


@dataclass(frozen=True, slots=True)
class Presentation:
    """What the composer follows from the next tick on."""

    title: str
    layout: Layout = field(default_factory=Layout)
    mix: Mix = field(default_factory=Mix)
    look: Look = field(default_factory=Look)
