"""What is due: My day, why a date is what it is, and what people answer to it."""
