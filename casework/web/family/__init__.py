"""The family of a case: who is what to whom, another principal applicant, splitting and joining."""
