# azd runs this before it provisions. Azure registers only the resource providers whose types a template has. The
# delegation of a subnet is none, and fails when its provider is not registered.
$ErrorActionPreference = 'Stop'

if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
  if (-not $env:ATRIUM_STAGE -or $env:ATRIUM_STAGE -eq 'dev') { exit 0 }
  [Console]::Error.WriteLine(
    'The stage has a virtual network, which needs the resource provider Microsoft.App. Install the Azure CLI')
  [Console]::Error.WriteLine('(https://aka.ms/azure-cli) and sign in with az login, so that this can register it.')
  exit 1
}

foreach ($provider in 'Microsoft.App') {
  Write-Host "Registering the resource provider $provider. The first time this takes some minutes."
  $subscription = if ($env:AZURE_SUBSCRIPTION_ID) { '--subscription', $env:AZURE_SUBSCRIPTION_ID } else { @() }
  az provider register --namespace $provider --wait @subscription --output none
  if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
