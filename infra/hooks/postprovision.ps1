# azd runs this after it has provisioned. In a new environment it notes the time, and predeploy waits until the roles
# that were made then are in force.
$ErrorActionPreference = 'Stop'
$value = azd env get-value PROVISIONED_AT 2> $null
if ($value -ne 'new') { exit 0 }
azd env set PROVISIONED_AT (Get-Date -AsUTC -UFormat %s)
exit $LASTEXITCODE
