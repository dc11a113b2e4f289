"""The fiscal archives of a dossier: made, listed, handed out, verified, and the purge they allow."""
