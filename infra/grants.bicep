import {
  blobOwner
  busOwner
  busReceiver
  busSender
  metricsPublisher
  secretsOfficer
  tableContributor
} from 'roles.bicep'

// What the app's identity may do. Each name contains the principal. An assignment cannot be moved to another principal,
// so without it a recreated identity would find its names taken.

param principalId string
param busName string
param queueNames string[]
param hostStorageName string
param storageName string
param vaultName string
param insightsName string

// The queues that functions listen to, and by whose length the platform scales.
var triggering = ['visitor-events', 'deliveries', 'jobs']

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: busName

  resource queues 'queues' existing = [for name in queueNames: { name: name }]
}

resource host 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostStorageName
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource send 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in queueNames: {
    name: guid(bus::queues[i].id, principalId, busSender)
    scope: bus::queues[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', busSender)
    }
  }
]

resource receive 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in queueNames: {
    name: guid(bus::queues[i].id, principalId, busReceiver)
    scope: bus::queues[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', busReceiver)
    }
  }
]

// The scale controller reads a queue's length with the app's identity, and no role with fewer rights lets it. Without,
// it peeks at ten messages. Ten retries that are due later then hide all that waits behind them.
resource own 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in queueNames: if (contains(triggering, name)) {
    name: guid(bus::queues[i].id, principalId, busOwner)
    scope: bus::queues[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', busOwner)
    }
  }
]

// What the Functions host asks for: leases, keys and the app's package.
resource blobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(host.id, principalId, blobOwner)
  scope: host
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobOwner)
  }
}

resource tables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, tableContributor)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableContributor)
  }
}

// The app keeps the signing secrets: it sets, reads and deletes them.
resource officer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, secretsOfficer)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
  }
}

resource publish 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, metricsPublisher)
  scope: insights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}
