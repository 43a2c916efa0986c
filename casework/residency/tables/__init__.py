"""Reference data as tables: what the admin exports to CSV and XLSX, and what it reads back."""
