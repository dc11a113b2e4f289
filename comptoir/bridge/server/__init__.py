"""The bridge's own HTTP server: printing and the second journal under /bridge/v1/, everything else proxied to the shop's server."""
