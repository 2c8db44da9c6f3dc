# azd runs this after it has deployed: a smoke test, which fails the deployment when the app does not work. It waits for
# roles, asks for the app's health, and has it call a webhook. ATRIUM_SMOKE_URL is a receiver of yours that answers 2xx.
$ErrorActionPreference = 'Stop'

$tries = if ($env:ATRIUM_SMOKE_TRIES) { [int]$env:ATRIUM_SMOKE_TRIES } else { 40 }
$pause = if ($env:ATRIUM_SMOKE_PAUSE) { [int]$env:ATRIUM_SMOKE_PAUSE } else { 15 }

function Fail($why) {
  Write-Host "The smoke test failed: $why"
  Write-Host 'See docs/runbook.md, and the log: az functionapp log tail.'
  exit 1
}

$key = az functionapp keys list --resource-group $env:AZURE_RESOURCE_GROUP --name $env:SERVICE_FUNCTIONS_NAME `
  --query functionKeys.default --output tsv
if ($LASTEXITCODE -ne 0) { Fail 'the function key cannot be read. Sign in with az login.' }
$api = "$($env:SERVICE_FUNCTIONS_URI)/api"
$headers = @{ 'x-functions-key' = $key }

Write-Host "Waiting for the app's health at $api/health, up to $($tries * $pause) s: roles take some minutes."
for ($try = 1; ; $try++) {
  # What does not even answer, such as a name that is not known yet, ends in an exception.
  try {
    $health = Invoke-WebRequest "$api/health" -Headers $headers -TimeoutSec 60 -SkipHttpErrorCheck
    $status, $content = $health.StatusCode, $health.Content
  } catch {
    $status, $content = '000', $_.Exception.Message
  }
  if ($status -eq 200) { break }
  if ($try -ge $tries) { Fail "$api/health answered $status after $try tries: $content" }
  Write-Host "  ${try}: $status"
  Start-Sleep -Seconds $pause
}
Write-Host 'The app is healthy: queues, tables and vault answer.'

if (-not $env:ATRIUM_SMOKE_URL) {
  Write-Host 'No webhook was called: azd env set ATRIUM_SMOKE_URL names a receiver that answers 2xx.'
  exit 0
}

try {
  $test = Invoke-WebRequest "$api/tenants/smoke-test/test-webhook" -Method Post -Headers $headers -TimeoutSec 60 `
    -SkipHttpErrorCheck -ContentType 'application/json' `
    -Body (@{ url = $env:ATRIUM_SMOKE_URL; event = 'visitor.checked_in' } | ConvertTo-Json)
} catch {
  Fail "test-webhook did not answer: $($_.Exception.Message)"
}
if ($test.StatusCode -ne 200) { Fail "test-webhook answered $($test.StatusCode): $($test.Content)" }
if (-not ($test.Content | ConvertFrom-Json).succeeded) { Fail "the webhook failed: $($test.Content)" }
Write-Host 'A test webhook was delivered.'
