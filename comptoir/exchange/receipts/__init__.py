"""Papers: one device-neutral document (`receipt/1`, see docs/developer/shapes.md), laid out once and drawn as text, HTML, PDF or ESC/POS."""
