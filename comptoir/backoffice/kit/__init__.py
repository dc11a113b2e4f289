"""The kit: a page declares its columns, filters, sections and right; the kit draws, sorts, exports and checks."""
