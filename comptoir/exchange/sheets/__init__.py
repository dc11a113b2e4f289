"""A4 sheets for people outside the till: closings of periods, statements, attestation. One document, drawn as PDF, page or CSV."""
