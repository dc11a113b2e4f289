"""The shop's books, drawn from the ledgers: cash book, receipts book, sales journal, their cross-check, deposit slips."""
