"""A thermal printer that is not there: it answers like one, fails like one, and shows the paper it would have printed."""
