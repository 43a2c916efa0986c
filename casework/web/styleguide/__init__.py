"""A page that shows every component, for those who build pages. In the demo only."""
