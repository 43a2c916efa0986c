"""What is kept about whom, why and how long; and who we are on printed forms."""
