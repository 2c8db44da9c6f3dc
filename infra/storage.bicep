@minLength(3)
@maxLength(24)
param name string

param location string
param tags object
param sku string

@description('blobs: the host\'s leases, keys and package. tables: what the app keeps.')
param holds 'blobs' | 'tables'

@description('Whether the account may be reached from outside the virtual network.')
param public bool

// As long as Azure keeps a deleted account.
var keptDays = 14

// As long as a dead letter waits for its subscription.
var backupDays = 90

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
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
    // Without this exception a firewall blocks the lifecycle rules below:
    // https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-overview
    networkAcls: { defaultAction: public ? 'Allow' : 'Deny', bypass: holds == 'blobs' ? 'AzureServices' : 'None' }
  }

  // What is overwritten or deleted here, the function keys above all, can be brought back.
  resource blobs 'blobServices' = if (holds == 'blobs') {
    name: 'default'
    properties: {
      isVersioningEnabled: true
      deleteRetentionPolicy: { enabled: true, days: keptDays }
      containerDeleteRetentionPolicy: { enabled: true, days: keptDays }
    }

    resource deployments 'containers' = {
      name: 'deployments'
    }

    resource backups 'containers' = {
      name: 'backups'
    }
  }

  // Timers overwrite a blob at each run, so old versions must go. Backups go when nothing waits any more for what is in
  // them.
  resource lifecycle 'managementPolicies' = if (holds == 'blobs') {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'old-versions'
            type: 'Lifecycle'
            enabled: true
            definition: {
              filters: { blobTypes: ['blockBlob'] }
              actions: { version: { delete: { daysAfterCreationGreaterThan: keptDays } } }
            }
          }
          {
            name: 'old-backups'
            type: 'Lifecycle'
            enabled: true
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['backups/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: backupDays } } }
            }
          }
        ]
      }
    }
    dependsOn: [blobs]
  }

  // The app creates its tables itself, including those of each week. A log of requests would have a line or more for
  // each attempt.
  resource tables 'tableServices' = if (holds == 'tables') {
    name: 'default'
  }
}

output id string = account.id
output blobUri string = account.properties.primaryEndpoints.blob
output tableUri string = account.properties.primaryEndpoints.table
output deploymentContainer string = account::blobs::deployments.name
output backupContainer string = account::blobs::backups.name
