"""Where the originals of documents are: handed over, given back, listed."""
