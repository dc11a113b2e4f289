"""The technical event journal, and what was received and set aside."""
