"""Django database engine "apsw": see base.py."""
