"""GoCardless: billing requests with their flows, mandates, subscriptions, and signed webhooks."""
import datetime
import hashlib
import hmac
import json

from .base import Answer, Double

TOKEN, SECRET = "test-gocardless-token", "test-webhook-secret"


class GoCardless(Double):
    def __init__(self):
        super().__init__()
        self.requests, self.subscriptions, self.by_key = {}, {}, {}
        self.events = 0

    def serve(self, request):
        if request.headers.get("authorization") != "Bearer " + TOKEN:
            return self.wrong(401, "authentication_failed", "Access token not found")
        if request.headers.get("gocardless-version") != "2015-07-06":
            return self.wrong(400, "invalid_api_usage", "missing version header")
        parts = request.path.strip("/").split("/")
        handler = getattr(self, "%s_%s" % (request.method.lower(), parts[0]), None)
        if handler is None:
            return self.wrong(404, "invalid_api_usage", "resource_not_found")
        return handler(request, parts[1] if len(parts) > 1 else "")

    def wrong(self, status, kind, message, **error):
        self.refusals.append(message)
        return Answer(status, {"error": dict(type=kind, message=message, code=status, errors=[error] if error else [])})

    def create(self, request, kind, prefix, store):
        """Once for each idempotency key; a repeat is refused with the id of the first."""
        key = request.headers.get("idempotency-key", "")
        if not key:
            return None, self.wrong(422, "validation_failed", "the test wants an Idempotency-Key")
        body = request.json()[kind]
        for part in [body] + [v for v in body.values() if isinstance(v, dict)]:
            if len(part.get("metadata", {})) > 3:
                return None, self.wrong(422, "validation_failed", "too many metadata keys")
        if (kind, key) in self.by_key:
            return None, self.wrong(409, "invalid_state", "A resource has already been created with this key",
                                    reason="idempotent_creation_conflict",
                                    links={"conflicting_resource_id": self.by_key[kind, key]})
        made = dict(body, id="%s%05d" % (prefix, len(store) + 1))
        store[made["id"]] = made
        self.by_key[kind, key] = made["id"]
        self.effect("%s %s" % (kind, made["id"]))
        return made, None

    def post_billing_requests(self, request, _):
        made, refused = self.create(request, "billing_requests", "BRQTEST", self.requests)
        if refused:
            return refused
        made.update(status="pending", links={})
        return Answer(201, {"billing_requests": made})

    def get_billing_requests(self, _, wanted):
        if wanted not in self.requests:
            return self.wrong(404, "invalid_api_usage", "Resource not found")
        return Answer(200, {"billing_requests": self.requests[wanted]})

    def post_billing_request_flows(self, request, _):
        flow = request.json()["billing_request_flows"]
        wanted = flow["links"]["billing_request"]
        if wanted not in self.requests:
            return self.wrong(404, "invalid_api_usage", "Resource not found")
        return Answer(201, {"billing_request_flows": dict(
            flow, id="BRF%05d" % len(self.calls), authorisation_url="https://pay.example.org/%s/%d" % (wanted, len(self.calls)))})

    def get_mandates(self, _, wanted):
        day = datetime.date.today() + datetime.timedelta(days=6)
        return Answer(200, {"mandates": {"id": wanted, "status": "active", "next_possible_charge_date": day.isoformat()}})

    def post_subscriptions(self, request, _):
        body = request.json()["subscriptions"]
        for name in ("amount", "currency", "interval_unit"):
            if name not in body:
                return self.wrong(422, "validation_failed", name + " is missing")
        if int(body.get("day_of_month", 1)) not in [-1, *range(1, 29)]:
            return self.wrong(422, "validation_failed", "day_of_month is invalid")
        made, refused = self.create(request, "subscriptions", "SBTEST", self.subscriptions)
        return refused or Answer(201, {"subscriptions": dict(made, status="active")})

    def get_subscriptions(self, _, wanted):
        if wanted not in self.subscriptions:
            return self.wrong(404, "invalid_api_usage", "Resource not found")
        return Answer(200, {"subscriptions": dict(self.subscriptions[wanted], status="active")})

    # ---- what the service tells us

    def event(self, kind, action, **links):
        self.events += 1
        return {"id": "EVTEST%05d" % self.events, "created_at": datetime.datetime.now().isoformat() + "Z",
                "resource_type": kind, "action": action, "links": links}

    def pay(self, billing_request):
        """The three events of a parent who has paid and signed."""
        mandate = "MDTEST" + billing_request[-5:]
        self.requests[billing_request]["links"] = {"mandate_request_mandate": mandate}
        return [self.event("mandates", "active", mandate=mandate, billing_request=billing_request),
                self.event("payments", "confirmed", payment="PM" + billing_request[-5:], billing_request=billing_request),
                self.event("billing_requests", "fulfilled", billing_request=billing_request,
                           mandate_request_mandate=mandate)]


def deliver(server, events, secret=SECRET, signature=None):
    """Sends a webhook to `server` as the service would; returns the status."""
    body = json.dumps({"events": events})
    if signature is None:
        signature = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json"}
    if signature:
        headers["Webhook-Signature"] = signature
    return server.request("POST", "/webhooks/gocardless", body, headers)[0]
