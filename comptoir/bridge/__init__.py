"""Hardware agent of a till: printers, drawers, and a proxy of the till's page. Knows neither Django nor the shop."""
