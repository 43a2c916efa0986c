"""Being reminded on a day if no answer has come by then."""
