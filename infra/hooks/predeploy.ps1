# azd runs this before it deploys. The platform puts the package into the storage account with the app's identity. A
# role that is a minute old may not be in force yet: the deployment then ends with InaccessibleStorageException, and azd
# does not try again. Only a new environment has such roles.
$ErrorActionPreference = 'Stop'

$wait = if ($env:ATRIUM_ROLE_WAIT) { [int]$env:ATRIUM_ROLE_WAIT } else { 300 }
$now = [long](Get-Date -AsUTC -UFormat %s)
$value = azd env get-value PROVISIONED_AT 2> $null
$since = if ($value -match '^\d+$') { [long]$value } else { 0 }
$left = $since + $wait - $now
if ($left -le 0) { exit 0 }

Write-Host ("The app's roles were made just now. Waiting $left s until they are in force, before the package is " +
  'deployed.')
while ($left -gt 0) {
  $step = [Math]::Min(30, $left)
  Start-Sleep -Seconds $step
  $left -= $step
  Write-Host "  $left s"
}
