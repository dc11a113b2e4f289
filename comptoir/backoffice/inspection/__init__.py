"""« Contrôle »: the one screen from which an inspection is answered."""
