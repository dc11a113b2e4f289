"""Log lines as JSON in UTC, made of named fields alone: no body, header, query string, PIN, token or address."""

import json
import logging
import traceback
from datetime import UTC, datetime

# What callers may add by `extra`; anything else is left out rather than leaked.
FIELDS = ("request_id", "method", "path", "status", "ms", "dossier", "user", "register", "code", "count")


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if hasattr(record, "request"):  # Django's own line about a failed request
            line["request_id"] = getattr(record.request, "request_id", None)
        if record.exc_info and record.exc_info[0] is not None:
            # Where it happened and the type, not the message: messages of drivers quote values.
            line["exception"] = record.exc_info[0].__name__
            line["trace"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(record.exc_info[2])]
        return json.dumps(line, ensure_ascii=False, default=str)
