"""Files of other systems brought into a dossier: read, checked line by line, then imported whole or not at all."""
