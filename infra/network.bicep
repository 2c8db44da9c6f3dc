param suffix string
param location string
param tags object

@description('Whether there is a subnet for private endpoints, which deliveries then may reach.')
param endpoints bool

@description('Addresses of the virtual network.')
param prefix string

// Instances go out through shared gateways, 27 of them at most: a /27 would do for an app of 1,000 instances.
var deliveryPrefix = cidrSubnet(prefix, 25, 0)
var endpointPrefix = cidrSubnet(prefix, 27, 4)

// Azure's own address: DNS on port 53, and the settings of machines on 80 and 32526. Azure ignores rules for those two
// (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16), so the app refuses to connect.
var platform = '168.63.129.16'

// Link-local addresses are not in the list. The metadata service has one, and Azure applies rules to it only by its
// service tag. The app refuses to connect to these addresses too.
var privateRanges = [
  '0.0.0.0/8'
  '10.0.0.0/8'
  '100.64.0.0/10'
  '172.16.0.0/12'
  '192.0.0.0/24'
  '192.168.0.0/16'
  '198.18.0.0/15'
  '224.0.0.0/4'
  '240.0.0.0/4'
]

resource rules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-atrium-${suffix}'
  location: location
  tags: tags
  properties: {
    securityRules: concat(
      [
        {
          name: 'names'
          properties: {
            description: 'The app looks up names.'
            priority: 100
            direction: 'Outbound'
            access: 'Allow'
            protocol: '*'
            sourceAddressPrefix: '*'
            sourcePortRange: '*'
            destinationAddressPrefix: platform
            destinationPortRange: '53'
          }
        }
        {
          name: 'no-platform'
          properties: {
            description: 'No webhook to the platform\'s own services.'
            priority: 200
            direction: 'Outbound'
            access: 'Deny'
            protocol: 'Tcp'
            sourceAddressPrefix: '*'
            sourcePortRange: '*'
            destinationAddressPrefix: platform
            destinationPortRanges: ['80', '32526']
          }
        }
        {
          name: 'no-private-ranges'
          properties: {
            description: 'No webhook to a private network.'
            priority: 210
            direction: 'Outbound'
            access: 'Deny'
            protocol: '*'
            sourceAddressPrefix: '*'
            sourcePortRange: '*'
            destinationAddressPrefixes: privateRanges
            destinationPortRange: '*'
          }
        }
      ],
      endpoints
        ? [
            {
              name: 'private-endpoints'
              properties: {
                description: 'The app\'s own stores: HTTPS, and AMQP over TLS.'
                priority: 110
                direction: 'Outbound'
                access: 'Allow'
                protocol: 'Tcp'
                sourceAddressPrefix: '*'
                sourcePortRange: '*'
                destinationAddressPrefix: endpointPrefix
                destinationPortRanges: ['443', '5671']
              }
            }
          ]
        : []
    )
  }
}

resource address 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'pip-atrium-${suffix}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

// In one zone, which Azure picks. StandardV2 is in all of them, but cannot be attached to a subnet that is delegated to
// Microsoft.App: https://learn.microsoft.com/azure/nat-gateway/nat-sku#key-limitations-of-standardv2
resource gateway 'Microsoft.Network/natGateways@2024-05-01' = {
  name: 'ng-atrium-${suffix}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: address.id }] }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-atrium-${suffix}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [prefix] }
    // All that there are: Azure removes any other, or ends with InUseSubnetCannotBeDeleted. What else needs a network,
    // such as operators' machines, has its own, and is peered: docs/deploy.md.
    subnets: concat(
      [
        {
          name: 'deliveries'
          properties: {
            addressPrefix: deliveryPrefix
            natGateway: { id: gateway.id }
            networkSecurityGroup: { id: rules.id }
            delegations: [{ name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }]
          }
        }
      ],
      endpoints ? [{ name: 'endpoints', properties: { addressPrefix: endpointPrefix } }] : []
    )
  }

  resource deliverySubnet 'subnets' existing = {
    name: 'deliveries'
  }

  resource endpointSubnet 'subnets' existing = {
    name: 'endpoints'
  }
}

output networkId string = network.id
output deliverySubnetId string = network::deliverySubnet.id
output endpointSubnetId string = network::endpointSubnet.id
output address string = address.properties.ipAddress
