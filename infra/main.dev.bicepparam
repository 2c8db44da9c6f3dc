using 'main.bicep'

import { list } from 'lists.bicep'
import { dev } from 'stages.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param alertEmails = list(readEnvironmentVariable('ATRIUM_ALERT_EMAILS', ''))
param stage = dev
param operators = list(readEnvironmentVariable('ATRIUM_OPERATORS', ''))
param publishers = list(readEnvironmentVariable('ATRIUM_PUBLISHERS', ''))
param vaultGeneration = readEnvironmentVariable('ATRIUM_VAULT_GENERATION', '')
param signIn = empty(readEnvironmentVariable('ATRIUM_SIGN_IN_CLIENT_ID', ''))
  ? null
  : {
      clientId: readEnvironmentVariable('ATRIUM_SIGN_IN_CLIENT_ID', '')
      tenantClaim: readEnvironmentVariable('ATRIUM_TENANT_CLAIM', '')
    }
param door = {
  sources: list(readEnvironmentVariable('ATRIUM_ALLOWED_SOURCES', ''))
  frontDoorId: readEnvironmentVariable('ATRIUM_FRONT_DOOR_ID', '')
  deployments: list(readEnvironmentVariable('ATRIUM_DEPLOYMENT_SOURCES', ''))
}
param networkPrefix = readEnvironmentVariable('ATRIUM_NETWORK_PREFIX', '')
param portal = {
  frameAncestors: list(readEnvironmentVariable('ATRIUM_FRAME_ANCESTORS', ''))
  returnUrl: readEnvironmentVariable('ATRIUM_RETURN_URL', '')
  accent: readEnvironmentVariable('ATRIUM_ACCENT', '')
}
param budget = empty(readEnvironmentVariable('ATRIUM_BUDGET', ''))
  ? null
  : {
      amount: int(readEnvironmentVariable('ATRIUM_BUDGET', '0'))
      from: readEnvironmentVariable('ATRIUM_BUDGET_FROM', '')
    }
param commit = readEnvironmentVariable('ATRIUM_SMOKE_COMMIT', '')
