"""A client of an Adit ledger, with `cryptography` alone: adit.py key FILE ACTOR | declare FILE ACTOR SITE MINERAL KILOGRAMS |
dispatch FILE ACTOR LOT RECEIVER | token FILE ACTOR | verify EVENT.jws RECEIPT.tlog-proof LOG_KEY. ADIT_SERVER is the ledger's address."""
import base64, datetime, hashlib, json, os, sys, time, urllib.error, urllib.request, uuid
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

sha256 = lambda data: hashlib.sha256(data).digest()
b64url = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
compact = lambda value: json.dumps(value, separators=(",", ":")).encode()

server = os.environ.get("ADIT_SERVER", "http://127.0.0.1:8400")

def request(path, body=None, token=None):
    url, headers = server + path, {"content-type": "application/json", **({"authorization": "Bearer " + token} if token else {})}
    for wait in (1, 2, 4, 8, 0):  # the same bytes again after a lost answer or a 503: an event is recorded once
        try:
            sent = urllib.request.Request(url, body and compact(body), headers)
            return json.load(urllib.request.urlopen(sent, timeout=30))
        except urllib.error.URLError as error:
            if getattr(error, "code", 503) != 503 or not wait:
                sys.exit(f"{error}: {error.read().decode() if hasattr(error, 'read') else url}")
            time.sleep(wait)

def load(file):
    key = form.load_pem_private_key(open(file, "rb").read(), None)
    public = b64url(key.public_key().public_bytes(form.Encoding.Raw, form.PublicFormat.Raw))
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": public}
    return key, jwk, b64url(sha256(compact(jwk)))  # kid: the RFC 7638 thumbprint, members in this order

def sign(key, kid, typ, payload):
    signed = b64url(compact({"alg": "Ed25519", "kid": kid, "typ": typ})) + "." + b64url(compact(payload))
    return signed + "." + b64url(key.sign(signed.encode()))

def token(file, actor):  # an assertion for this ledger alone (RFC 7523), exchanged for a token of 15 minutes
    (key, _, kid), now = load(file), int(time.time())
    claims = {"iss": actor, "sub": actor, "aud": server, "iat": now, "exp": now + 60, "jti": b64url(os.urandom(16))}
    assertion = sign(key, kid, "client-authentication+jwt", claims)
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    return request("/v1/token", grant)["access_token"]

def lot_id(log, iss, jti, output):  # UUIDv8 of the first 16 bytes of SHA-256
    digest = bytearray(sha256("\0".join([log, iss, jti, str(output)]).encode())[:16])
    digest[6], digest[8] = digest[6] & 0x0F | 0x80, digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))

def record(file, iss, kind, body):
    (key, _, kid), now = load(file), datetime.datetime.now(datetime.timezone.utc)
    log, jti = request("/v1/ledger")["origin"], b64url(os.urandom(16))
    for number, output in enumerate(body.get("outputs", [])):
        output["lot"] = lot_id(log, iss, jti, number)
    common = {"log": log, "type": kind, "iss": iss, "iat": int(now.timestamp()), "jti": jti, "occurredAt": now.isoformat()}
    event = sign(key, kid, "custody-event+sd-jwt", {**common, **body}) + "~"
    name = b64url(sha256(event.rsplit(".", 1)[0].encode()))  # the event's id
    open(name + ".jws", "w").write(event)  # saved before it is sent
    answer = request("/v1/events", {"event": event})
    open(name + ".tlog-proof", "w").write(answer.get("receipt", ""))  # none yet for an event that waits for another
    print(*[f"lot {output['lot']}" for output in body.get("outputs", [])], f"event {name}", sep="\n")

def verify(event, proof, log_key):  # C2SP signed note over origin, size, root; then RFC 9162 2.1.3.2
    (name, key_hash, material), (head, text, signatures) = log_key.split("+", 2), proof.split("\n\n", 2)
    ours = [base64.b64decode(line.split(" ")[2]) for line in signatures.splitlines() if line.split(" ")[1] == name]
    signature = b"".join(found[4:] for found in ours if found[:4].hex() == key_hash)
    Ed25519PublicKey.from_public_bytes(base64.b64decode(material)[1:]).verify(signature, (text + "\n").encode())
    (origin, size, root), (_, index, *path) = text.split("\n")[:3], head.split("\n")
    at, last, node = int(index.split()[1]), int(size) - 1, sha256(b"\0" + event.split("~")[0].encode())
    for sibling in map(base64.b64decode, path if at <= last else []):
        while at == last and not at & 1 and at:  # levels at the right edge of the tree without a sibling
            at, last = at >> 1, last >> 1
        node = sha256(b"\1" + sibling + node if at & 1 else b"\1" + node + sibling)
        at, last = at >> 1, last >> 1
    if (origin, at, last, node) != (name, 0, 0, base64.b64decode(root)):
        raise InvalidSignature
    print(f"VERIFIED: {index} of the {size} entries of {origin}")

def main(command, file, *rest):
    if command == "key":
        if not os.path.exists(file):
            os.umask(0o077)
            plain = form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
            open(file, "xb").write(Ed25519PrivateKey.generate().private_bytes(*plain))
        key, jwk, kid = load(file)
        claims = {"log": request("/v1/ledger")["origin"], "actor": rest[0], "kid": kid}
        print(json.dumps({"actor": rest[0], "key": jwk, "possession": sign(key, kid, "key-possession+jwt", claims)}))
    elif command == "declare":
        goods = {"mineral": rest[2], "form": "concentrate", "mass": {"value": rest[3], "uom": "KGM"}}
        record(file, rest[0], "lot.declared", {"place": {"site": rest[1]}, "outputs": [goods]})
    elif command == "dispatch":
        lots = [{"lot": rest[1], "prev": request("/v1/lots/" + rest[1], token=token(file, rest[0]))["head"]}]
        record(file, rest[0], "custody.dispatched", {"to": rest[2], "lots": lots})
    elif command == "token":
        print(token(file, rest[0]))
    else:
        verify(open(file).read(), open(rest[0]).read(), rest[1])

try:
    main(*sys.argv[1:]) if len(sys.argv) > 3 else sys.exit(__doc__)
except InvalidSignature:
    sys.exit("NOT VERIFIED")
