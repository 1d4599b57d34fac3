"""Find what is wrong with a labelled set: its files, its duplicates, its splits and its labels."""

from framejudge.datasets.audit.auditing import Audit, audit
from framejudge.datasets.audit.findings import Finding, Severity, write_findings

__all__ = ["Audit", "Finding", "Severity", "audit", "write_findings"]
