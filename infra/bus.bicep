import { busOwner, busReceiver, busSender } from 'roles.bicep'

param name string
param location string
param tags object
param sku 'Standard' | 'Premium'
param units int

@description('The queues as src/Local/Emulators/config.json has them.')
param queues array

param queueMegabytes int

param exactScaling bool

@description('Whether the namespace may be reached from outside the virtual network. Standard always is.')
param public bool

param principalId string
param workspaceId string

// The queues that functions listen to, and the platform scales on.
var triggering = ['visitor-events', 'deliveries', 'jobs']

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: sku == 'Premium' ? { name: sku, tier: sku, capacity: units } : { name: sku, tier: sku }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: public || sku == 'Standard' ? 'Enabled' : 'Disabled'
  }
}

resource made 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for queue in queues: {
    parent: bus
    name: queue.Name
    properties: {
      requiresDuplicateDetection: queue.Properties.RequiresDuplicateDetection
      duplicateDetectionHistoryTimeWindow: queue.Properties.DuplicateDetectionHistoryTimeWindow
      lockDuration: queue.Properties.LockDuration
      maxDeliveryCount: queue.Properties.MaxDeliveryCount
      deadLetteringOnMessageExpiration: queue.Properties.DeadLetteringOnMessageExpiration
      defaultMessageTimeToLive: queue.Properties.DefaultMessageTimeToLive
      requiresSession: queue.Properties.RequiresSession
      maxSizeInMegabytes: queueMegabytes
    }
  }
]

resource send 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, i) in queues: {
    name: guid(made[i].id, busSender)
    scope: made[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', busSender)
    }
  }
]

resource receive 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, i) in queues: {
    name: guid(made[i].id, busReceiver)
    scope: made[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', busReceiver)
    }
  }
]

// The scale controller reads a queue's length with the app's identity, and to read it takes the right to manage the queue.
resource own 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, i) in queues: if (exactScaling && contains(triggering, queue.Name)) {
    name: guid(made[i].id, busOwner)
    scope: made[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', busOwner)
    }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: bus
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'OperationalLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = bus.id
output host string = parseUri(bus.properties.serviceBusEndpoint).host
