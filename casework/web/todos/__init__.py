"""What staff have to do: on My day, and a page for those that have more to show."""
