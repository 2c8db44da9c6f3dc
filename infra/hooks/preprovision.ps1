# azd runs this before it provisions. A deployment sets what it is told, and takes away what it is not told, but for
# roles and a budget. So whoever has only some of an environment's variables would undo most of the rest. The template
# notes on the resource group the stage and which variables were set. This refuses another stage, or to leave one out.
#
# Azure registers only the resource providers whose types a template has. The delegation of a subnet is none, and fails
# when its provider is not registered.
$ErrorActionPreference = 'Stop'

if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
  [Console]::Error.WriteLine(
    'Install the Azure CLI (https://aka.ms/azure-cli), and sign in with az login. It shows what was deployed')
  [Console]::Error.WriteLine('before, and registers the resource provider Microsoft.App.')
  exit 1
}

$subscription = if ($env:AZURE_SUBSCRIPTION_ID) { '--subscription', $env:AZURE_SUBSCRIPTION_ID } else { @() }

# As the template names it, in lower case whatever the environment is called.
$group = "rg-atrium-$env:AZURE_ENV_NAME".ToLowerInvariant()

# Nothing, where there is no such group yet.
$deployed = az group list @subscription --query "[?name=='$group'].tags.atrium_deployed" --output tsv
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
$was, $names = "$deployed".Trim() -split ' '
$lost = @($names | Where-Object { $_ -and -not [Environment]::GetEnvironmentVariable("ATRIUM_$_") } |
    ForEach-Object { "ATRIUM_$_" })
$stage = if ($env:ATRIUM_STAGE) { $env:ATRIUM_STAGE } else { 'dev' }
if ($was -and $was -ne $stage) { $lost = @("the stage $was for $stage (ATRIUM_STAGE)") + $lost }
if ($lost -and $env:ATRIUM_CONFIRM_CHANGE -ne 'true') {
  [Console]::Error.WriteLine(
    "This would leave out for $group what the last deployment set: $($lost -join ' ').")
  [Console]::Error.WriteLine(
    'If GitHub deploys this environment, run the workflow: gh workflow run deploy.yml. Otherwise set what is')
  [Console]::Error.WriteLine(
    'missing with azd env set. If you mean it, set $env:ATRIUM_CONFIRM_CHANGE to true, and run azd provision again.')
  exit 1
}

# A new environment gets its roles now, and so does one whose deployment ended before it made the app: the group comes
# first. postprovision notes when, and predeploy waits for them.
$app = if ($was) {
  az functionapp list @subscription --resource-group $group --query '[].name' --output tsv
  if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
if (-not $app) {
  azd env set PROVISIONED_AT new
  if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

foreach ($provider in 'Microsoft.App') {
  Write-Host "Registering the resource provider $provider. The first time this takes some minutes."
  az provider register --namespace $provider --wait @subscription --output none
  if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
