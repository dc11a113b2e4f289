"""What proves the seals: the keys, and the heads written outside the dossier."""
