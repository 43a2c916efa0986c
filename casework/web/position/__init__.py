"""Position at a glance: pictures of the limits of a stay, what they say in words, and trips tried out."""
