"""What a change of country rules means for people: figures for all, rows for those who may see the cases."""
