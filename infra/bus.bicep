param name string
param location string
param tags object
param sku 'Standard' | 'Premium'
param units int

@description('Units up to which it grows by itself. Only Premium has units.')
param mostUnits int

@description('Brokers that share the queues of Premium. Fixed once the namespace is made.')
param partitions int

@description('The queues as src/Local/Emulators/config.json has them.')
param queues array

param queueMegabytes int

@description('Whether the namespace may be reached from outside the virtual network. Standard always is.')
param public bool

param workspaceId string

var premium = sku == 'Premium'

// Who did what with messages, minute by minute, is told by Premium only. Whom the firewall refused is told only where
// it lets some addresses or subnets in, which is in no stage.
var logs = concat(['OperationalLogs', 'DiagnosticErrorLogs'], premium ? ['RuntimeAuditLogs'] : [])

// https://learn.microsoft.com/azure/service-bus-messaging/enable-partitions-premium
var capacity = units % partitions == 0 ? units : fail('busUnits has to be a multiple of busPartitions.')

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: premium ? { name: sku, tier: sku, capacity: capacity } : { name: sku, tier: sku }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: public || !premium ? 'Enabled' : 'Disabled'
    // Standard takes the property for an error.
    ...(premium ? { premiumMessagingPartitions: partitions } : {})
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
      enablePartitioning: premium && partitions > 1
      maxSizeInMegabytes: queueMegabytes
    }
  }
]

// The service's own advice is to add units above 70 %, and to take them away below 20 %:
// https://learn.microsoft.com/azure/service-bus-messaging/automate-update-messaging-units
resource growth 'Microsoft.Insights/autoscalesettings@2022-10-01' = if (premium) {
  name: 'units-${name}'
  location: location
  tags: tags
  properties: {
    // Left out, the rule of a deployment before would stay.
    enabled: mostUnits > units
    targetResourceUri: bus.id
    profiles: [
      {
        name: 'busy'
        capacity: { minimum: string(units), maximum: string(max(mostUnits, units)), default: string(units) }
        rules: map(
          [
            { direction: 'Increase', operator: 'GreaterThan', threshold: 70, window: 'PT5M', wait: 'PT10M' }
            { direction: 'Decrease', operator: 'LessThan', threshold: 20, window: 'PT30M', wait: 'PT30M' }
          ],
          rule => {
            metricTrigger: {
              metricName: 'NamespaceCpuUsage'
              metricNamespace: 'Microsoft.ServiceBus/namespaces'
              metricResourceUri: bus.id
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: rule.window
              timeAggregation: 'Average'
              operator: rule.operator
              threshold: rule.threshold
            }
            // From one of the numbers that Azure offers to the next.
            scaleAction: { direction: rule.direction, type: 'ServiceAllowedNextValue', value: '1', cooldown: rule.wait }
          }
        )
      }
    ]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: bus
  properties: {
    workspaceId: workspaceId
    logs: map(logs, category => { category: category, enabled: true })
  }
}

output id string = bus.id
output host string = parseUri(bus.properties.serviceBusEndpoint).host
