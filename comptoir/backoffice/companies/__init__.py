"""The dossier as a whole: its copies and what a copy put back still lacks. The one room that knows where dossiers live."""
