#!/bin/sh
# A client of an Adit ledger with openssl 3 and curl:
#   adit.sh key FILE ACTOR | declare FILE ACTOR SITE MINERAL KILOGRAMS | dispatch FILE ACTOR LOT RECEIVER
#   adit.sh token FILE ACTOR                                  (prints a token, to read with)
#   adit.sh verify EVENT.jws RECEIPT.tlog-proof LOG_KEY       (offline)
# ADIT_SERVER is the ledger's address.
set -eu
server=${ADIT_SERVER:-http://127.0.0.1:8400}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

b64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
sha256() { openssl dgst -sha256 -binary; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
# Prints the value of the first member of that name; the answers of the ledger that it reads hold plain texts there.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }
# An event id, and so the name of a file, can begin with a hyphen.
path() { case $1 in -*) printf './%s' "$1" ;; *) printf %s "$1" ;; esac; }
# The same bytes go again after a 503 or a lost connection: an event is recorded once.
request() { curl -sS --fail-with-body --retry 4 --retry-connrefused -H 'content-type: application/json' "$@"; }

# An Ed25519 public key in DER is 12 bytes that say so, and the 32 of the key (RFC 8410).
public() { openssl pkey -in "$1" -pubout -outform DER | tail -c 32 | b64url; }
kid() { printf '{"crv":"Ed25519","kty":"OKP","x":"%s"}' "$(public "$1")" | sha256 | b64url; }

# sign KEYFILE TYP PAYLOAD
sign() {
  printf '%s.%s' "$(printf '{"alg":"Ed25519","kid":"%s","typ":"%s"}' "$(kid "$1")" "$2" | b64url)" \
    "$(printf %s "$3" | b64url)" > "$work/signed"
  openssl pkeyutl -sign -inkey "$1" -rawin -in "$work/signed" -out "$work/signature"
  printf '%s.%s' "$(cat "$work/signed")" "$(b64url < "$work/signature")"
}

# token KEYFILE ACTOR: signs an assertion for this ledger alone (RFC 7523), which the ledger exchanges for a token of 15 minutes.
token() {
  now=$(date +%s)
  assertion=$(sign "$1" client-authentication+jwt "$(printf '{"iss":"%s","sub":"%s","aud":"%s","iat":%s,"exp":%s,"jti":"%s"}' \
    "$2" "$2" "$server" "$now" $((now + 60)) "$(openssl rand 16 | b64url)")")
  request -d "{\"grant_type\":\"urn:ietf:params:oauth:grant-type:jwt-bearer\",\"assertion\":\"$assertion\"}" "$server/v1/token" > "$work/token" \
    || { cat "$work/token" >&2; exit 1; }
  field access_token < "$work/token"
}

# lot_id LOG ISS JTI OUTPUT: UUIDv8 of the first 16 bytes of SHA-256(log 0x00 iss 0x00 jti 0x00 output).
lot_id() {
  digest=$(printf '%s\0%s\0%s\0%s' "$1" "$2" "$3" "$4" | sha256 | head -c 16 | hex)
  variant=$(printf '%x' $((0x$(printf %s "$digest" | cut -c17) & 3 | 8)))
  printf %s "$digest" | sed "s/^\(.\{8\}\)\(.\{4\}\).\(...\).\(...\)\(.*\)/\1-\2-8\3-$variant\4-\5/"
}

# record KEYFILE ISS TYPE MEMBERS, where @LOT@ in the members is the id of the event's first lot.
record() {
  log=$(request "$server/v1/ledger" | field origin)
  jti=$(openssl rand 16 | b64url)
  lot=$(lot_id "$log" "$2" "$jti" 0)
  members=$(printf %s "$4" | sed "s/@LOT@/$lot/")
  event=$(sign "$1" custody-event+sd-jwt "$(printf '{"log":"%s","type":"%s","iss":"%s","iat":%s,"jti":"%s","occurredAt":"%s",%s}' \
    "$log" "$3" "$2" "$(date +%s)" "$jti" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$members")")
  id=$(printf %s "${event%.*}" | sha256 | b64url)
  printf '%s~' "$event" > "$id.jws" # saved before it is sent
  request -d "{\"event\":\"$event~\"}" "$server/v1/events" > "$work/answer" || { cat "$work/answer" >&2; exit 1; }
  printf '%b' "$(field receipt < "$work/answer")" > "$id.tlog-proof" # empty for an event that waits for another
  if [ "$members" != "$4" ]; then echo "lot $lot"; fi
  echo "event $id"
}

failed() {
  echo 'NOT VERIFIED' >&2
  exit 1
}

# verify EVENT PROOF LOG_KEY: the log's signature on the checkpoint (C2SP signed note), then the inclusion proof (RFC 9162).
verify() {
  name=${3%%+*}
  material=${3#*+}
  key_hash=${material%%+*}
  { printf '\060\052\060\005\006\003\053\145\160\003\041\000'
    printf %s "${material#*+}" | openssl base64 -d -A | tail -c 32; } > "$work/log.der"
  sed '1,/^$/d' "$2" > "$work/note"
  sed '/^$/,$d' "$work/note" > "$work/text"
  sed '1,/^$/d' "$work/note" | while read -r _ signer signature; do
    printf %s "$signature" | openssl base64 -d -A > "$work/line"
    if [ "$signer" = "$name" ] && [ "$(head -c 4 "$work/line" | hex)" = "$key_hash" ]; then tail -c 64 "$work/line" > "$work/signature"; fi
  done
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/log.der" -rawin -in "$work/text" -sigfile "$work/signature" > /dev/null 2>&1 || failed
  at=$(sed -n 's/^index //p' "$2" | head -n 1)
  index=$at
  size=$(sed -n 2p "$work/text")
  last=$((size - 1))
  [ "$(sed -n 1p "$work/text")" = "$name" ] && [ "$at" -le "$last" ] || failed
  { printf '\0'; sed 's/~.*//' "$1" | tr -d '\n'; } | sha256 > "$work/node"
  for sibling in $(sed -n '3,/^$/p' "$2"); do
    [ "$last" -gt 0 ] || failed
    while [ "$at" -eq "$last" ] && [ $((at % 2)) -eq 0 ] && [ "$at" -gt 0 ]; do at=$((at / 2)) last=$((last / 2)); done
    printf %s "$sibling" | openssl base64 -d -A > "$work/sibling"
    if [ $((at % 2)) -eq 1 ]; then set -- "$work/sibling" "$work/node"; else set -- "$work/node" "$work/sibling"; fi
    { printf '\1'; cat "$1" "$2"; } | sha256 > "$work/next"
    mv "$work/next" "$work/node"
    at=$((at / 2)) last=$((last / 2))
  done
  [ "$last" -eq 0 ] && [ "$(openssl base64 < "$work/node")" = "$(sed -n 3p "$work/text")" ] || failed
  echo "VERIFIED: index $index of the $size entries of $name"
}

case "${1:-}" in
  key)
    [ -e "$2" ] || (umask 077 && openssl genpkey -algorithm ed25519 -out "$2")
    log=$(request "$server/v1/ledger" | field origin)
    possession=$(sign "$2" key-possession+jwt "{\"log\":\"$log\",\"actor\":\"$3\",\"kid\":\"$(kid "$2")\"}")
    printf '{"actor":"%s","key":{"crv":"Ed25519","kty":"OKP","x":"%s"},"possession":"%s"}\n' "$3" "$(public "$2")" "$possession"
    ;;
  declare)
    record "$2" "$3" lot.declared "\"place\":{\"site\":\"$4\"},\"outputs\":[{\"lot\":\"@LOT@\",\"mineral\":\"$5\",\"form\":\"concentrate\",\"mass\":{\"value\":\"$6\",\"uom\":\"KGM\"}}]"
    ;;
  dispatch)
    token=$(token "$2" "$3")
    head=$(request -H "authorization: Bearer $token" "$server/v1/lots/$4" | field head)
    record "$2" "$3" custody.dispatched "\"to\":\"$5\",\"lots\":[{\"lot\":\"$4\",\"prev\":\"$head\"}]"
    ;;
  token)
    token "$2" "$3"
    ;;
  verify)
    verify "$(path "$2")" "$(path "$3")" "$4"
    ;;
  *)
    sed -n '2,6s/^# *//p' "$0" >&2
    exit 2
    ;;
esac
