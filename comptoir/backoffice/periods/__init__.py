"""Closings of the law as the office shows them: calendar, what blocks them, months and years, statements, what was set aside."""
