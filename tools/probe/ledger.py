"""What the probe found: for each rule how often it was looked at, and what broke it."""

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from enum import StrEnum

from tools.probe.rules import RULES, Rule

_EVIDENCE_KEPT = 3


class Verdict(StrEnum):
    """How a rule came out."""

    HELD = "held"
    BROKEN = "broken"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's outcome."""

    rule: Rule
    verdict: Verdict
    checks: int
    failures: int
    evidence: tuple[str, ...]


class Ledger:
    """Collects checks. A rule that was never checked is not applicable."""

    def __init__(self) -> None:
        self._checks: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._evidence: dict[str, list[str]] = defaultdict(list)
        self.measured: dict[str, float] = {}

    def check(self, rule: str, is_held: bool, evidence: object = "") -> bool:
        """Note one look at `rule`; `evidence` says what was seen. Gives `is_held` back.

        Raises:
            KeyError: there is no such rule.
        """
        self._checks[RULES[rule].id] += 1
        if not is_held:
            self._failures[rule] += 1
            if len(self._evidence[rule]) < _EVIDENCE_KEPT:
                self._evidence[rule].append(str(evidence)[:300])
        return is_held

    def findings(self) -> list[Finding]:
        """All rules, in the order of the table."""
        return [self._finding(rule) for rule in RULES.values()]

    def broken(self) -> list[str]:
        """Ids of the broken rules."""
        return [finding.rule.id for finding in self.findings() if finding.verdict is Verdict.BROKEN]

    def _finding(self, rule: Rule) -> Finding:
        checks, failures = self._checks[rule.id], self._failures[rule.id]
        verdict = Verdict.BROKEN if failures else Verdict.HELD if checks else Verdict.NOT_APPLICABLE
        return Finding(rule, verdict, checks, failures, tuple(self._evidence[rule.id]))

    def as_json(self) -> dict[str, object]:
        """The report for programs."""
        return {"measured": self.measured, "rules": [asdict(finding) for finding in self.findings()]}

    def as_text(self) -> str:
        """The report for people: what broke with its evidence, the rest in one line each."""
        marks = {Verdict.HELD: "ok    ", Verdict.BROKEN: "BROKEN", Verdict.NOT_APPLICABLE: "-     "}
        lines = []
        for finding in self.findings():
            rule = finding.rule
            lines.append(f"{marks[finding.verdict]} {rule.id:<24} {rule.text} [{rule.source}] x {finding.checks}")
            lines += [f"         {evidence}" for evidence in finding.evidence]
        count = Counter(finding.verdict for finding in self.findings())
        lines.append(", ".join(f"{count[verdict]} {verdict.value}" for verdict in Verdict))
        lines += [f"{name}: {value:.3f}" for name, value in self.measured.items()]
        return "\n".join(lines)
