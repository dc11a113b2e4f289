"""The editor's individual attestation: data of the dossier poured into a wording that a person provides."""
