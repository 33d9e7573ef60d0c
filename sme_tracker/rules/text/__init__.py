"""Rule sets in their written form: how a table becomes frozen data, and why one is refused."""
