// What runs out before the app itself does, by the platform's own metrics.

param suffix string
param tags object
param busName string
param busSku 'Standard' | 'Premium'
param storageName string
param vaultName string

@description('Whether deliveries leave by a NAT gateway.')
param gateway bool

param peopleId string

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: busName
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName

  resource tables 'tableServices' existing = {
    name: 'default'
  }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

// Unlike the gauges of the queues, these count what happened: summed up over the window.
var counters = [
  {
    name: 'bus-throttled'
    description: 'Service Bus refuses requests, because the namespace has used up what its tier allows.'
    severity: 1
    scope: bus.id
    namespace: 'Microsoft.ServiceBus/namespaces'
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    threshold: 10
    dimensions: []
  }
  {
    name: 'bus-errors'
    description: 'Service Bus itself fails.'
    severity: 1
    scope: bus.id
    namespace: 'Microsoft.ServiceBus/namespaces'
    metric: 'ServerErrors'
    aggregation: 'Total'
    threshold: 10
    dimensions: []
  }
  {
    name: 'bus-refused'
    description: 'Service Bus refuses what it is asked for: wrong credentials, no such queue, a full one, a lost lock.'
    severity: 3
    scope: bus.id
    namespace: 'Microsoft.ServiceBus/namespaces'
    metric: 'UserErrors'
    aggregation: 'Total'
    threshold: 100
    dimensions: []
  }
  {
    name: 'tables-throttled'
    description: 'Table Storage refuses requests, because the account or a partition has reached its limit.'
    severity: 2
    scope: account::tables.id
    namespace: 'Microsoft.Storage/storageAccounts/tableServices'
    metric: 'Transactions'
    aggregation: 'Total'
    threshold: 10
    dimensions: [
      {
        name: 'ResponseType'
        operator: 'Include'
        values: ['ServerBusyError', 'ClientThrottlingError', 'ClientAccountRequestThrottlingError']
      }
    ]
  }
  {
    name: 'vault-throttled'
    description: 'Key Vault refuses reads of secrets, because there are too many in ten seconds.'
    severity: 2
    scope: vault.id
    namespace: 'Microsoft.KeyVault/vaults'
    metric: 'ServiceApiResult'
    aggregation: 'Count'
    threshold: 10
    dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }]
  }
]

var ports = {
  name: 'ports-exhausted'
  description: 'Connections to receivers fail, because the NAT gateway has no port left for them.'
  severity: 1
  scope: resourceId('Microsoft.Network/natGateways', 'ng-atrium-${suffix}')
  namespace: 'Microsoft.Network/natGateways'
  metric: 'SNATConnectionCount'
  aggregation: 'Total'
  threshold: 10
  dimensions: [{ name: 'ConnectionState', operator: 'Include', values: ['Failed'] }]
}

// Above 70 %, the service's own advice is to add units:
// https://learn.microsoft.com/azure/service-bus-messaging/service-bus-premium-messaging
var loads = [
  for (metric, i) in ['NamespaceCpuUsage', 'NamespaceMemoryUsage']: {
    name: ['bus-cpu', 'bus-memory'][i]
    description: 'The messaging units of Service Bus are over 70 % in use.'
    severity: 2
    scope: bus.id
    namespace: 'Microsoft.ServiceBus/namespaces'
    metric: metric
    aggregation: 'Average'
    threshold: 70
    dimensions: []
  }
]

var limits = concat(counters, gateway ? [ports] : [], busSku == 'Premium' ? loads : [])

resource metrics 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for limit in limits: {
    name: '${limit.name}-${suffix}'
    location: 'global'
    tags: tags
    properties: {
      description: limit.description
      severity: limit.severity
      enabled: true
      scopes: [limit.scope]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: limit.name
            metricNamespace: limit.namespace
            metricName: limit.metric
            timeAggregation: limit.aggregation
            operator: 'GreaterThan'
            threshold: limit.threshold
            dimensions: limit.dimensions
          }
        ]
      }
      actions: [{ actionGroupId: peopleId }]
    }
  }
]
