"""All pages. They combine the subjects below them, so they stand above them all."""
