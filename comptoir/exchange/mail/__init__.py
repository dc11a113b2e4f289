"""Mail handed to the shop's own SMTP server."""
