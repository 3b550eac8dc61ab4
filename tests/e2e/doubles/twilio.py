"""Twilio: messages, their list, and signed status callbacks."""
import base64
import hashlib
import hmac
import urllib.parse

from .base import Answer, Double

ACCOUNT, TOKEN, FROM = "ACtest", "test-twilio-token", "+447700900999"


class Twilio(Double):
    def __init__(self):
        super().__init__()
        self.messages = []

    def serve(self, request):
        wanted = "Basic " + base64.b64encode((ACCOUNT + ":" + TOKEN).encode()).decode()
        if request.headers.get("authorization") != wanted:
            return self.refuse(401, "Authenticate", {"code": 20003, "message": "Authenticate", "status": 401})
        if request.path != "/2010-04-01/Accounts/%s/Messages.json" % ACCOUNT:
            return self.refuse(404, "no such resource " + request.path)
        if request.method == "GET":
            asked = dict(urllib.parse.parse_qsl(request.query))
            found = [m for m in self.messages if m["to"] == asked.get("To", m["to"])]
            return Answer(200, {"messages": found, "next_page_uri": None})
        form = request.form()
        if not form.get("To", "").startswith("+447") or form.get("From") != FROM or not form.get("Body"):
            return self.refuse(400, "invalid message", {"code": 21211, "message": "invalid 'To'", "status": 400})
        message = {"sid": "SM%032x" % (len(self.messages) + 1), "to": form["To"], "from": form["From"],
                   "body": form["Body"], "status": "queued", "callback": form.get("StatusCallback", ""),
                   "date_sent": None}
        self.messages.append(message)
        self.effect("sms " + message["to"])
        return Answer(201, message)


def callback(server, message, status, token=TOKEN, signature=None):
    """Tells `server` what became of a message, as Twilio does; returns the status of its answer."""
    form = {"MessageSid": message["sid"], "MessageStatus": status, "To": message["to"], "From": message["from"],
            "AccountSid": ACCOUNT}
    text = message["callback"] + "".join(name + form[name] for name in sorted(form))
    if signature is None:
        signature = base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return server.request("POST", urllib.parse.urlsplit(message["callback"]).path, urllib.parse.urlencode(form), {
        "Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature})[0]
