"""Airtable: records by table, found by formula, at most five requests a second."""
import re
import time
import urllib.parse

from .base import Answer, Double

KEY, BASE = "test-airtable-key", "appTest"


def matches(formula, fields):
    """AND({a}='x',{b}='y'), with the escapes of the formula language."""
    inner = re.fullmatch(r"AND\((.*)\)", formula, re.S)
    text = inner.group(1) if inner else formula
    pattern = r"\{([^}]+)\}='((?:[^'\\]|\\.)*)'"
    rest = re.sub(pattern, "", text, flags=re.S)
    if rest.replace(",", "").strip():
        raise ValueError("not understood: " + rest)
    for name, value in re.findall(pattern, text, re.S):
        if str(fields.get(name, "")) != re.sub(r"\\(.)", r"\1", value):
            return False
    return True


class Airtable(Double):
    def __init__(self, tables):
        """tables: name -> list of field names."""
        super().__init__()
        self.fields = tables
        self.rows = {name: {} for name in tables}
        self.times = []

    def add(self, table, **fields):
        made = {"id": "rec%014d" % (sum(map(len, self.rows.values())) + 1), "fields": fields}
        self.rows[table][made["id"]] = made
        return made

    def serve(self, request):
        now = time.monotonic()
        self.times = [then for then in self.times if now - then < 1.0] + [now]
        if len(self.times) > 6:  # one more than the rule: the answer's way is not counted
            return self.refuse(429, "rate limit", {"errors": [{"error": "RATE_LIMIT_REACHED"}]})
        if request.headers.get("authorization") != "Bearer " + KEY:
            return self.refuse(401, "AUTHENTICATION_REQUIRED")
        parts = [urllib.parse.unquote(part) for part in request.path.strip("/").split("/")]
        if parts[:3] == ["v0", "meta", "bases"]:
            return Answer(200, {"tables": [{"id": "tbl" + name, "name": name, "fields": [
                {"name": field, "type": "singleLineText"} for field in fields]} for name, fields in self.fields.items()]})
        if parts[:2] != ["v0", BASE] or len(parts) < 3 or parts[2] not in self.rows:
            return self.refuse(404, "NOT_FOUND")
        return self.records(request, parts[2], parts[3] if len(parts) > 3 else "")

    def records(self, request, table, wanted):
        rows = self.rows[table]
        if request.method == "GET" and wanted:
            return Answer(200, rows[wanted]) if wanted in rows else self.refuse(404, "NOT_FOUND")
        if request.method == "GET":
            formula = dict(urllib.parse.parse_qsl(request.query)).get("filterByFormula", "")
            found = [row for row in rows.values() if not formula or matches(formula, row["fields"])]
            return Answer(200, {"records": found})
        fields = request.json()["fields"]
        unknown = set(fields) - set(self.fields[table])
        if unknown:
            message = "Unknown field name: %s" % sorted(unknown)
            return self.refuse(422, message, {"error": {"type": "UNKNOWN_FIELD_NAME", "message": message}})
        if request.method == "PATCH":
            if wanted not in rows:
                return self.refuse(404, "NOT_FOUND")
            rows[wanted]["fields"].update(fields)
            rows[wanted]["fields"] = {k: v for k, v in rows[wanted]["fields"].items() if v is not None}
            return Answer(200, rows[wanted])
        made = self.add(table, **fields)
        self.effect("row %s %s" % (table, made["id"]))
        return Answer(200, made)
