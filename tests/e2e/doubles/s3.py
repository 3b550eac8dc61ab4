"""An S3 store that recomputes every signature (AWS Signature Version 4), path-style."""
import datetime
import hashlib
import hmac
import urllib.parse

from .base import Answer, Double

REGION, KEY, SECRET, BUCKET = "eu-west-2", "AKIDTEST", "test-secret", "photos"


def encoded(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-._~")


def signature(secret, date, region, service, text):
    key = ("AWS4" + secret).encode()
    for part in (date[:8], region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class S3(Double):
    def __init__(self):
        super().__init__()
        self.objects = {}

    def wrong(self, status, code):
        self.refusals.append(code)
        return Answer(status, ("<Error><Code>%s</Code><Message>%s</Message></Error>" % (code, code)).encode(),
                      Content_Type="application/xml")

    def verify(self, request):
        """The S3 error code of what is wrong with the signature, or None."""
        head = request.headers.get("authorization", "")
        if not head.startswith("AWS4-HMAC-SHA256 "):
            return "AccessDenied"
        parts = dict(part.strip().split("=", 1) for part in head[len("AWS4-HMAC-SHA256 "):].split(","))
        akid, date, region, service, last = parts["Credential"].split("/")
        signed = parts["SignedHeaders"].split(";")
        if akid != KEY:
            return "InvalidAccessKeyId"
        if (region, service, last) != (REGION, "s3", "aws4_request"):
            return "AuthorizationHeaderMalformed"
        must = {"host", "x-amz-date", "x-amz-content-sha256"} | {
            name for name in request.headers if name.startswith("x-amz-") or name == "content-type"}
        if not must <= set(signed):
            return "AccessDenied"
        payload = request.headers["x-amz-content-sha256"]
        if payload != hashlib.sha256(request.body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        stamp = request.headers["x-amz-date"]
        then = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if abs((datetime.datetime.now(datetime.timezone.utc) - then).total_seconds()) > 900:
            return "RequestTimeTooSkewed"
        query = "&".join(sorted("%s=%s" % (encoded(k), encoded(v)) for k, v in urllib.parse.parse_qsl(
            request.query, keep_blank_values=True)))
        path = encoded(urllib.parse.unquote(request.path), "/")
        headers = "".join("%s:%s\n" % (n, " ".join(request.headers[n].split())) for n in signed)
        canonical = "\n".join([request.method, path, query, headers, ";".join(signed), payload])
        scope = "/".join([date, region, service, last])
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        good = hmac.compare_digest(signature(SECRET, stamp, region, service, text), parts["Signature"])
        return None if good else "SignatureDoesNotMatch"

    def serve(self, request):
        wrong = self.verify(request)
        if wrong:
            return self.wrong(403, wrong)
        _, bucket, key = (urllib.parse.unquote(request.path) + "/").split("/", 2)
        key = key.rstrip("/")
        if bucket != BUCKET:
            return self.wrong(404, "NoSuchBucket")
        if request.method == "PUT":
            self.objects[key] = request
            self.effect("object " + key)
            return Answer(200, b"", ETag='"%s"' % hashlib.md5(request.body).hexdigest())
        if key not in self.objects:
            return self.wrong(404, "NoSuchKey")
        if request.method == "DELETE":
            del self.objects[key]
            return Answer(204)
        return Answer(200, self.objects[key].body)
