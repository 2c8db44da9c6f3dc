// While these are there, nobody deletes what holds data, a deployment or `azd down` by mistake included. What is in it
// can be changed and deleted as ever.

param hostStorageName string
param storageName string
param busName string
param vaultName string

var level = 'CanNotDelete'

resource host 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostStorageName
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: busName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource hostLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: host
  properties: { level: level }
}

resource accountLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: account
  properties: { level: level }
}

resource busLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: bus
  properties: { level: level }
}

resource vaultLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: vault
  properties: { level: level }
}
