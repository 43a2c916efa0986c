"""Users, teams and invitations; what each role may do; one's own account."""
