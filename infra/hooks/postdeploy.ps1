# azd runs this after it has deployed: a smoke test, which fails the deployment when the app does not work. It waits for
# roles, asks for the app's health, and has it send a webhook: to ATRIUM_SMOKE_URL, a receiver of yours that answers
# 2xx, or else to the app's own address. The app receives no webhooks, so there any answer will do: it shows that
# requests leave and that answers come back. It calls the app from here: at ATRIUM_SMOKE_ADDRESS where only a gateway
# may call it, and not at all with ATRIUM_SMOKE_TRIES 0. With ATRIUM_SMOKE_COMMIT it waits until the app that was built
# from that commit answers: the one before may be as healthy.
$ErrorActionPreference = 'Stop'

$tries = if ($env:ATRIUM_SMOKE_TRIES) { [int]$env:ATRIUM_SMOKE_TRIES } else { 40 }
$pause = if ($env:ATRIUM_SMOKE_PAUSE) { [int]$env:ATRIUM_SMOKE_PAUSE } else { 15 }
$commit = $env:ATRIUM_SMOKE_COMMIT
$subscription = if ($env:AZURE_SUBSCRIPTION_ID) { '--subscription', $env:AZURE_SUBSCRIPTION_ID } else { @() }

function Fail($why) {
  [Console]::Error.WriteLine("The smoke test failed: $why")
  [Console]::Error.WriteLine('See docs/runbook.md, and the log (portal: the app, Log stream).')
  exit 1
}

# What does not even answer, such as a name that is not known yet, ends in an exception.
function Ask($url, $more) {
  try {
    $answer = Invoke-WebRequest $url -Headers @{ 'x-functions-key' = $key } -TimeoutSec 60 -SkipHttpErrorCheck @more
    return [int]$answer.StatusCode, [string]$answer.Content
  } catch {
    return '000', $_.Exception.Message
  }
}

# What came of the webhook. Its URL may be a secret, which whoever reads a workflow's log would see.
function Outcome($content) {
  $said = [regex]::Matches($content, '"status":\d+|"explanation":"([^"\\]|\\.)*"').Value -join "`n"
  if ($said) { $said } else { 'It does not say why.' }
}

if ($tries -eq 0) {
  Write-Host 'No smoke test: ATRIUM_SMOKE_TRIES is 0.'
  exit 0
}
$address = if ($env:ATRIUM_SMOKE_ADDRESS) { $env:ATRIUM_SMOKE_ADDRESS } else { $env:SERVICE_FUNCTIONS_URI }
$api = "$address/api"

Write-Host "Waiting for the app's health at $api/health, up to $($tries * $pause) s: roles take some minutes."
$key = ''
for ($try = 1; ; $try++) {
  # The app's own host gives out the key, and refuses while it starts.
  if (-not $key) {
    $lines = @(az functionapp keys list @subscription --resource-group $env:AZURE_RESOURCE_GROUP `
        --name $env:SERVICE_FUNCTIONS_NAME --query functionKeys.default --output tsv 2>&1)
    $said, $content = $lines.Where({ $_ -is [string] }, 'Split')
    $key = if ($LASTEXITCODE -eq 0) { -join $said }
  }
  if (-not $key) {
    $came = 'the function key cannot be read'
  } else {
    $status, $content = Ask "$api/health" @{}
    $came = "$api/health answered $status"
    if ($status -eq 200) {
      if (-not $commit -or $content.Contains("`"commit`":`"$commit`"")) { break }
      $came += ", not yet as $commit"
    }
  }
  if ($try -ge $tries) { Fail "$came after $try tries: $content" }
  Write-Host "  ${try}: $came"
  Start-Sleep -Seconds $pause
}
Write-Host 'The app is healthy: queues, tables and vault answer.'

$url = if ($env:ATRIUM_SMOKE_URL) { $env:ATRIUM_SMOKE_URL } else { "$api/live" }
$origin = $url -replace '^([^:]*://)(?:[^/?#]*@)?([^/?#]*).*', '$1$2'
$body = @{ url = $url; event = 'visitor.checked_in' } | ConvertTo-Json -Compress
$status, $content = Ask "$api/tenants/smoke-test/test-webhook" @{
  Method = 'Post'; ContentType = 'application/json'; Body = $body
}
if ($status -ne 200) { Fail "test-webhook answered ${status}: $content" }
$exchange = $content | ConvertFrom-Json
if ($env:ATRIUM_SMOKE_URL) {
  if (-not $exchange.succeeded) { Fail "the webhook to $origin failed: $(Outcome $content)" }
  Write-Host "A webhook was delivered to $origin."
} else {
  if (-not $exchange.response) { Fail "no answer to a webhook came back: $(Outcome $content)" }
  Write-Host "A webhook left, and $origin answered. To have one delivered, name a receiver that answers 2xx:"
  Write-Host 'azd env set ATRIUM_SMOKE_URL https://…'
}
