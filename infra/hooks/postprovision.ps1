# azd runs this after it has provisioned: predeploy waits until the roles that were made then are in force.
$ErrorActionPreference = 'Stop'
azd env set PROVISIONED_AT (Get-Date -AsUTC -UFormat %s)
exit $LASTEXITCODE
