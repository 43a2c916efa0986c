"""What the forms of all pages share: dates, layouts, the error summary, the submit token."""
