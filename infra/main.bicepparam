// `azd up` uses this file. The environment variable ATRIUM_STAGE selects the stage (`azd env set ATRIUM_STAGE prod`).
using 'main.bicep'

import { dev, prod } from 'stages.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param alertEmails = filter(split(readEnvironmentVariable('ATRIUM_ALERT_EMAILS', ''), ','), address => !empty(address))
param stage = { dev: dev, prod: prod }[readEnvironmentVariable('ATRIUM_STAGE', 'dev')]
param operators = filter(split(readEnvironmentVariable('ATRIUM_OPERATORS', ''), ','), id => !empty(id))
param publishers = filter(split(readEnvironmentVariable('ATRIUM_PUBLISHERS', ''), ','), id => !empty(id))
param vaultGeneration = readEnvironmentVariable('ATRIUM_VAULT_GENERATION', '')
param signIn = empty(readEnvironmentVariable('ATRIUM_SIGN_IN_CLIENT_ID', ''))
  ? null
  : {
      clientId: readEnvironmentVariable('ATRIUM_SIGN_IN_CLIENT_ID', '')
      tenantClaim: readEnvironmentVariable('ATRIUM_TENANT_CLAIM', 'tenant')
    }
param door = {
  sources: filter(split(readEnvironmentVariable('ATRIUM_ALLOWED_SOURCES', ''), ','), source => !empty(source))
  frontDoorId: readEnvironmentVariable('ATRIUM_FRONT_DOOR_ID', '')
  deployments: filter(split(readEnvironmentVariable('ATRIUM_DEPLOYMENT_SOURCES', ''), ','), source => !empty(source))
}
param networkPrefix = readEnvironmentVariable('ATRIUM_NETWORK_PREFIX', '')
param portal = {
  frameAncestors: filter(split(readEnvironmentVariable('ATRIUM_FRAME_ANCESTORS', ''), ','), origin => !empty(origin))
  returnUrl: readEnvironmentVariable('ATRIUM_RETURN_URL', '')
  accent: readEnvironmentVariable('ATRIUM_ACCENT', '')
}
param budget = empty(readEnvironmentVariable('ATRIUM_BUDGET', ''))
  ? null
  : {
      amount: int(readEnvironmentVariable('ATRIUM_BUDGET', '0'))
      from: readEnvironmentVariable('ATRIUM_BUDGET_FROM', '')
    }
