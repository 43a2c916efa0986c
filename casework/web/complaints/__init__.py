"""Complaints, apart from whoever they are about and from every case."""
