import { blobContributor, busOwner, secretsOfficer, tableReader } from 'roles.bicep'

// What people may do who run the app, by the commands of docs/deploy.md and docs/runbook.md. Being Owner of the
// subscription gives none of it: these are rights to data.

@description('Object ids of groups in Entra ID.')
param groups string[]

param busName string
param hostStorageName string
param storageName string
param vaultName string

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: busName
}

resource host 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostStorageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource backups 'containers' existing = {
      name: 'backups'
    }
  }
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

// Service Bus Explorer, to look at messages and to remove the dead letters of `jobs`.
resource messages 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for group in groups: {
    name: guid(bus.id, group, busOwner)
    scope: bus
    properties: {
      principalId: group
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', busOwner)
    }
  }
]

// An export of the subscriptions.
resource rows 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for group in groups: {
    name: guid(account.id, group, tableReader)
    scope: account
    properties: {
      principalId: group
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableReader)
    }
  }
]

// To list the backups, and to copy one into an environment that takes over. The function keys are in another container.
resource backups 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for group in groups: {
    name: guid(host::blobs::backups.id, group, blobContributor)
    scope: host::blobs::backups
    properties: {
      principalId: group
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
    }
  }
]

// To recover and to back up secrets.
resource secrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for group in groups: {
    name: guid(vault.id, group, secretsOfficer)
    scope: vault
    properties: {
      principalId: group
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
    }
  }
]
