"""What people decide about reminders: the organisation for all, each for themselves."""
