"""The guides, one a role, in the order of the help page."""

from . import administrator, auditor, caseworker, coordinator, duplicate_reviewer, policy, report_reader

GUIDES = (
    caseworker.GUIDE,
    coordinator.GUIDE,
    policy.GUIDE,
    administrator.GUIDE,
    auditor.GUIDE,
    report_reader.GUIDE,
    duplicate_reviewer.GUIDE,
)
