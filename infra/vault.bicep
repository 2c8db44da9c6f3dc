import { secretsOfficer } from 'roles.bicep'

param suffix string
param location string
param tags object
param recoveryDays int

@description('Whether the vault may be reached from outside the virtual network.')
param public bool

param principalId string
param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-atrium-${suffix}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: recoveryDays
    // Cannot be taken back: a vault, once made, outlives whoever would purge it.
    enablePurgeProtection: true
    publicNetworkAccess: public ? 'Enabled' : 'Disabled'
    networkAcls: { defaultAction: public ? 'Allow' : 'Deny', bypass: 'None' }
  }
}

// The app keeps the signing secrets: it sets, reads and deletes them.
resource officer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, secretsOfficer)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'AuditEvent', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = vault.id
output uri string = vault.properties.vaultUri
