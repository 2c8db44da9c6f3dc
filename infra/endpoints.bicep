param suffix string
param location string
param tags object
param networkId string
param subnetId string
param hostStorageId string
param storageId string
param vaultId string
param busId string

@description('Whether the Service Bus namespace takes a private endpoint.')
param bus bool

// Azure's names for the parts of a service that can have an endpoint.
var groups = concat(['blob', 'table', 'vault'], bus ? ['namespace'] : [])
var zoneNames = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  vault: 'privatelink.vaultcore.azure.net'
  namespace: 'privatelink.servicebus.windows.net'
}
var services = { blob: hostStorageId, table: storageId, vault: vaultId, namespace: busId }

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for group in groups: {
    name: zoneNames[group]
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (group, i) in groups: {
    parent: zones[i]
    name: 'atrium'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      // A receiver's own name can lead into such a zone, if it has a private endpoint. What this zone does not have is
      // asked for in public then: https://learn.microsoft.com/azure/dns/private-dns-fallback
      resolutionPolicy: 'NxDomainRedirect'
      virtualNetwork: { id: networkId }
    }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for group in groups: {
    name: 'pe-${group}-${suffix}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        { name: group, properties: { privateLinkServiceId: services[group], groupIds: [group] } }
      ]
    }
  }
]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (group, i) in groups: {
    parent: endpoints[i]
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: group, properties: { privateDnsZoneId: zones[i].id } }] }
  }
]
