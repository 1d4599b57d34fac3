"""Find what is wrong with a labelled set: its files, its duplicates, its splits and its labels."""

from framejudge.datasets.audit.auditing import Audit, audit
from framejudge.datasets.audit.findings import Finding, write_findings
from framejudge.datasets.codes import Severity

__all__ = ["Audit", "Finding", "Severity", "audit", "write_findings"]
