"""Which company file is open: registry, connections, creation, checks. Business code never imports this package."""
