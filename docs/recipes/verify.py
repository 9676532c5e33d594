import base64, hashlib, hmac, json, time


def verify(secret, headers, body, now=None):
    """The event of a webhook; raises when it is none of ours. `secret` is whsec_…, `body` the bytes as they came."""
    at = headers["webhook-timestamp"]
    if abs((now or time.time()) - int(at)) > 300:
        raise ValueError("not of these five minutes")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{at}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    if not any(hmac.compare_digest(expected, one) for one in headers["webhook-signature"].split(" ")):
        raise ValueError("not signed with this secret")
    return json.loads(body)
