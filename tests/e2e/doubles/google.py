"""Google Places (New) text search and Address Validation, for the addresses of the facts."""
from .base import Answer, Double

KEY = "test-google-key"
STREETS = {"M41 7QT": "Brookfield Rd, Urmston, Manchester M41 7QT, UK",
           "M32 9LX": "Canal Walk, Stretford, Manchester M32 9LX, UK",
           "M41 2WP": "Larch Ave, Flixton, Manchester M41 2WP, UK"}


class Google(Double):
    def serve(self, request):
        if request.headers.get("x-goog-api-key") != KEY or "key=" in request.query:
            return self.refuse(403, "PERMISSION_DENIED", {"error": {"code": 403, "status": "PERMISSION_DENIED",
                                                                    "message": "key"}})
        if request.path == "/v1/places:searchText":
            if not request.headers.get("x-goog-fieldmask"):
                return self.refuse(400, "FieldMask is a required parameter")
            text = request.json()["textQuery"].upper()
            for postcode, address in STREETS.items():
                if postcode in text:
                    street, town, city = address.split(", ")[:3]
                    return Answer(200, {"places": [{"formattedAddress": address, "addressComponents": [
                        {"longText": street, "types": ["route"]},
                        {"longText": town, "types": ["locality"]},
                        {"longText": city.rsplit(" ", 2)[0], "types": ["postal_town"]},
                        {"longText": postcode, "types": ["postal_code"]},
                        {"longText": "United Kingdom", "types": ["country"]}]}]})
            return Answer(200, {})
        if request.path == "/v1:validateAddress":
            lines = ", ".join(request.json()["address"]["addressLines"])
            return Answer(200, {"result": {
                "verdict": {"validationGranularity": "PREMISE", "addressComplete": True, "possibleNextAction": "ACCEPT"},
                "address": {"formattedAddress": lines + ", UK", "postalAddress": {"regionCode": "GB"},
                            "addressComponents": []}}, "responseId": "r"})
        return self.refuse(404, "no such resource " + request.path)
