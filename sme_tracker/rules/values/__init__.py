"""What people write, read as values by one grammar for forms and files; what is not certain is refused and said."""
