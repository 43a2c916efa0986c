"""What leaves the application: lists and single cases as files, each of them in the audit before its first byte goes."""
