param suffix string
param location string
param tags object
param networkId string
param subnetId string
param storageId string
param vaultId string

@description('The Service Bus namespace, if it takes a private endpoint.')
param busId string?

var targets = concat(
  [
    { name: 'blob', id: storageId, zone: 'privatelink.blob.${environment().suffixes.storage}' }
    { name: 'table', id: storageId, zone: 'privatelink.table.${environment().suffixes.storage}' }
    { name: 'vault', id: vaultId, zone: 'privatelink.vaultcore.azure.net' }
  ],
  busId == null ? [] : [{ name: 'namespace', id: busId!, zone: 'privatelink.servicebus.windows.net' }]
)

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for target in targets: {
    name: target.zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (target, i) in targets: {
    parent: zones[i]
    name: 'atrium'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for target in targets: {
    name: 'pe-${target.name}-${suffix}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        { name: target.name, properties: { privateLinkServiceId: target.id, groupIds: [target.name] } }
      ]
    }
  }
]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (target, i) in targets: {
    parent: endpoints[i]
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: target.name, properties: { privateDnsZoneId: zones[i].id } }] }
  }
]
