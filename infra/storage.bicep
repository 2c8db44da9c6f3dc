import { blobOwner, tableContributor } from 'roles.bicep'

param suffix string
param location string
param tags object
param sku string

@description('Whether the account may be reached from outside the virtual network.')
param public bool

param principalId string
param workspaceId string

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'statrium${suffix}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    isLocalUserEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: public ? 'Enabled' : 'Disabled'
    networkAcls: { defaultAction: public ? 'Allow' : 'Deny', bypass: 'None' }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource deployments 'containers' = {
      name: 'deployments'
    }
  }

  // The app makes its tables itself, one a week among them.
  resource tables 'tableServices' = {
    name: 'default'
  }
}

// What the Functions host asks for: leases, keys and the app's package.
resource blobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, blobOwner)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobOwner)
  }
}

resource tables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, tableContributor)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableContributor)
  }
}

// The metric counts requests by answer. A log of each would have a line or more for every attempt.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: account::tables
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

output id string = account.id
output blobUri string = account.properties.primaryEndpoints.blob
output tableUri string = account.properties.primaryEndpoints.table
output deploymentContainer string = account::blobs::deployments.name
