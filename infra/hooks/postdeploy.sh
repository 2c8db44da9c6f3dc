#!/bin/sh
# azd runs this after it has deployed: a smoke test, which fails the deployment when the app does not work. It waits for
# roles, asks for the app's health, and has it send a webhook: to ATRIUM_SMOKE_URL, a receiver of yours that answers
# 2xx, or else to the app's own address. The app receives no webhooks, so there any answer will do: it shows that
# requests leave and that answers come back. It calls the app from here: at ATRIUM_SMOKE_ADDRESS where only a gateway
# may call it, and not at all with ATRIUM_SMOKE_TRIES 0. With ATRIUM_SMOKE_COMMIT it waits until the app that was built
# from that commit answers: the one before may be as healthy.
set -eu

TRIES=${ATRIUM_SMOKE_TRIES:-40}
PAUSE=${ATRIUM_SMOKE_PAUSE:-15}
COMMIT=${ATRIUM_SMOKE_COMMIT:-}

fail() {
  echo "The smoke test failed: $1" >&2
  echo 'See docs/runbook.md, and the log (portal: the app, Log stream).' >&2
  exit 1
}

# What came of the webhook. Its URL may be a secret, which whoever reads a workflow's log would see.
outcome() {
  grep -oE '"status":[0-9]+|"explanation":"([^"\\]|\\.)*"' "$answer" || echo 'It does not say why.'
}

if [ "$TRIES" -eq 0 ]; then
  echo 'No smoke test: ATRIUM_SMOKE_TRIES is 0.'
  exit 0
fi
api=${ATRIUM_SMOKE_ADDRESS:-$SERVICE_FUNCTIONS_URI}/api
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

echo "Waiting for the app's health at $api/health, up to $((TRIES * PAUSE)) s: roles take some minutes."
try=1
key=
while :; do
  # The app's own host gives out the key, and refuses while it starts.
  if [ -z "$key" ] && ! key=$(az functionapp keys list \
    ${AZURE_SUBSCRIPTION_ID:+--subscription "$AZURE_SUBSCRIPTION_ID"} --resource-group "$AZURE_RESOURCE_GROUP" \
    --name "$SERVICE_FUNCTIONS_NAME" --query functionKeys.default --output tsv 2> "$answer"); then
    key=
  fi
  if [ -z "$key" ]; then
    came='the function key cannot be read'
  else
    status=$(curl -sS -m 60 -o "$answer" -w '%{http_code}' -H "x-functions-key: $key" "$api/health") || status=000
    came="$api/health answered $status"
    if [ "$status" = 200 ]; then
      if [ -z "$COMMIT" ] || grep -q "\"commit\":\"$COMMIT\"" "$answer"; then
        break
      fi
      came="$came, not yet as $COMMIT"
    fi
  fi
  [ "$try" -ge "$TRIES" ] && fail "$came after $try tries: $(head -c 1000 "$answer")"
  echo "  $try: $came"
  try=$((try + 1))
  sleep "$PAUSE"
done
echo 'The app is healthy: queues, tables and vault answer.'

url=${ATRIUM_SMOKE_URL:-$api/live}
rest=${url#*://}
host=${rest%%[/?#]*}
origin=${url%"$rest"}${host##*@}
status=$(curl -sS -m 60 -o "$answer" -w '%{http_code}' -H "x-functions-key: $key" -H 'Content-Type: application/json' \
  -d "{\"url\":\"$url\",\"event\":\"visitor.checked_in\"}" "$api/tenants/smoke-test/test-webhook") || status=000
[ "$status" = 200 ] || fail "test-webhook answered $status: $(head -c 1000 "$answer")"
if [ -n "${ATRIUM_SMOKE_URL:-}" ]; then
  grep -q '"succeeded":true' "$answer" || fail "the webhook to $origin failed: $(outcome)"
  echo "A webhook was delivered to $origin."
else
  grep -q '"response":{' "$answer" || fail "no answer to a webhook came back: $(outcome)"
  echo "A webhook left, and $origin answered. To have one delivered, name a receiver that answers 2xx:"
  echo 'azd env set ATRIUM_SMOKE_URL https://…'
fi
