"""What `make bench` runs: each figure beside its limit, and beside what the bare machine does in the same run."""
