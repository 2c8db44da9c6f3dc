#!/bin/sh
# azd runs this after it has deployed: a smoke test, which fails the deployment when the app does not work. It waits for
# roles, asks for the app's health, and has it send a webhook: to ATRIUM_SMOKE_URL, a receiver of yours that answers
# 2xx, or else to the app's own address. The app receives no webhooks, so there any answer will do: it shows that
# requests leave and that answers come back.
set -eu

TRIES=${ATRIUM_SMOKE_TRIES:-40}
PAUSE=${ATRIUM_SMOKE_PAUSE:-15}

fail() {
  echo "The smoke test failed: $1" >&2
  echo 'See docs/runbook.md, and the log: az functionapp log tail.' >&2
  exit 1
}

key=$(az functionapp keys list --resource-group "$AZURE_RESOURCE_GROUP" --name "$SERVICE_FUNCTIONS_NAME" \
  --query functionKeys.default --output tsv) || fail 'the function key cannot be read. Sign in with az login.'
api=$SERVICE_FUNCTIONS_URI/api
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

echo "Waiting for the app's health at $api/health, up to $((TRIES * PAUSE)) s: roles take some minutes."
try=1
while :; do
  status=$(curl -sS -m 60 -o "$answer" -w '%{http_code}' -H "x-functions-key: $key" "$api/health") || status=000
  [ "$status" = 200 ] && break
  [ "$try" -ge "$TRIES" ] && fail "$api/health answered $status after $try tries: $(head -c 1000 "$answer")"
  echo "  $try: $status"
  try=$((try + 1))
  sleep "$PAUSE"
done
echo 'The app is healthy: queues, tables and vault answer.'

url=${ATRIUM_SMOKE_URL:-$api/live}
status=$(curl -sS -m 60 -o "$answer" -w '%{http_code}' -H "x-functions-key: $key" -H 'Content-Type: application/json' \
  -d "{\"url\":\"$url\",\"event\":\"visitor.checked_in\"}" "$api/tenants/smoke-test/test-webhook") || status=000
[ "$status" = 200 ] || fail "test-webhook answered $status: $(head -c 1000 "$answer")"
if [ -n "${ATRIUM_SMOKE_URL:-}" ]; then
  grep -q '"succeeded":true' "$answer" || fail "the webhook failed: $(head -c 1000 "$answer")"
  echo "A webhook was delivered to $url."
else
  grep -q '"response":{' "$answer" || fail "no answer to a webhook came back: $(head -c 1000 "$answer")"
  echo "A webhook left, and $url answered. To have one delivered, name a receiver that answers 2xx:"
  echo 'azd env set ATRIUM_SMOKE_URL https://…'
fi
