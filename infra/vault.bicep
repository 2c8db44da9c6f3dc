@minLength(3)
@maxLength(24)
param name string

param location string
param tags object
param recoveryDays int

@description('Whether nobody may purge the vault, once deleted, before its days of recovery are over.')
param purgeProtection bool

@description('Whether the vault may be reached from outside the virtual network.')
param public bool

param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: recoveryDays
    // This cannot be undone: once it is on, nobody can purge the vault. It cannot be set to false, only left out.
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: public ? 'Enabled' : 'Disabled'
    networkAcls: { defaultAction: public ? 'Allow' : 'Deny', bypass: 'None' }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

output id string = vault.id
output uri string = vault.properties.vaultUri
