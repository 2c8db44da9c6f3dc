param suffix string
param tags object

@description('How many messages may wait on a queue.')
param backlog int

@description('The most that a queue takes.')
param queueMegabytes int

param busName string
param peopleId string

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: busName
}

// Gauges of Service Bus, so what counts is their average or maximum, never their sum. One alert for each queue.
var gauges = [
  {
    name: 'dead-letters'
    description: 'Messages lie in a dead-letter queue.'
    severity: 2
    metric: 'DeadletteredMessages'
    threshold: 0
    window: 'PT5M'
  }
  {
    name: 'backlog'
    description: 'More messages wait on a queue than are worked off.'
    severity: 2
    metric: 'ActiveMessages'
    threshold: backlog
    window: 'PT15M'
  }
  {
    name: 'queue-filling-up'
    description: 'A queue is over 70 % of its size. A full one refuses messages, retries among them.'
    severity: 1
    metric: 'Size'
    threshold: queueMegabytes * 1024 * 1024 * 7 / 10
    window: 'PT15M'
  }
]

resource metrics 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for gauge in gauges: {
    name: '${gauge.name}-${suffix}'
    location: 'global'
    tags: tags
    properties: {
      description: gauge.description
      severity: gauge.severity
      enabled: true
      scopes: [bus.id]
      evaluationFrequency: 'PT5M'
      windowSize: gauge.window
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: gauge.name
            metricNamespace: 'Microsoft.ServiceBus/namespaces'
            metricName: gauge.metric
            timeAggregation: 'Average'
            operator: 'GreaterThan'
            threshold: gauge.threshold
            dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
          }
        ]
      }
      actions: [{ actionGroupId: peopleId }]
    }
  }
]
