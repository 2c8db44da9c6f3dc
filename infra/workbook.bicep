// What is failing, from when on, and whose fault it is. The queries are those of the alerts.

param location string
param tags object
param workspaceName string
param busName string

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: busName
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

var attempts = 'let attempts = ${loadTextContent('queries/attempts.kql')};\n'

var failing = loadTextContent('queries/failing-subscriptions.kql')
var waiting = loadTextContent('queries/waiting.kql')
var failures = loadTextContent('queries/dependency-failures.kql')
var deadLettered = loadTextContent('queries/dead-lettered.kql')
var firstAndLast = 'First = min(TimeGenerated), Last = max(TimeGenerated)'

var tables = [
  {
    title: 'What is failing, since when, and whose fault it is'
    query: '${attempts}${failing}| order by DeadLettered desc, Failed desc'
    visualization: 'table'
  }
  {
    title: 'Attempts by outcome'
    query: '${attempts}attempts\n| summarize count() by Outcome, bin(TimeGenerated, 5m)'
    visualization: 'barchart'
  }
  {
    title: 'How late attempts begin, in seconds'
    query: '${attempts}${loadTextContent('queries/lag.kql')}| project TimeGenerated, P50Seconds, P95Seconds'
    visualization: 'linechart'
  }
  {
    title: 'Of first attempts, the share that began over a minute late (docs/slo.md: at most 0.001)'
    query: '${attempts}${loadTextContent('queries/slo-burn.kql')}| project First, Late, Share, ShareLately'
    visualization: 'table'
  }
  {
    title: 'Of events posted, the share that was answered with a 5xx (docs/slo.md: at most 0.0005)'
    query: '${loadTextContent('queries/slo-ingest-burn.kql')}| project Posted, Failed, Share, ShareLately'
    visualization: 'table'
  }
  {
    title: 'How long the oldest message has waited on each queue, in seconds'
    query: '${waiting}| summarize max(WaitedSeconds) by Queue, bin(TimeGenerated, 5m)'
    visualization: 'linechart'
  }
  {
    title: 'Put off because a store or Service Bus failed: our side'
    query: '${failures}| summarize Failures = sum(Failures), ${firstAndLast} by What'
    visualization: 'table'
  }
  {
    title: 'Errors of our own'
    query: '${loadTextContent('queries/own-errors.kql')}| order by TimeGenerated desc\n| take 100'
    visualization: 'table'
  }
  {
    title: 'Dead-lettered, and why'
    query: '${deadLettered}| summarize Messages = sum(Messages), ${firstAndLast} by Reason'
    visualization: 'table'
  }
  {
    title: 'Parked for paused subscriptions'
    query: '${loadTextContent('queries/parked.kql')}| order by Oldest asc'
    visualization: 'table'
  }
]

var queryItems = map(tables, table => {
  type: 3
  name: table.title
  content: {
    version: 'KqlItem/1.0'
    title: table.title
    query: table.query
    size: 0
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    crossComponentResources: [workspace.id]
    timeContextFromParameter: 'TimeRange'
    visualization: table.visualization
  }
})

var metricItems = map(['ActiveMessages', 'DeadletteredMessages', 'ScheduledMessages'], metric => {
  type: 10
  name: metric
  content: {
    version: 'MetricsItem/2.0'
    chartId: metric
    size: 0
    chartType: 2
    resourceType: 'microsoft.servicebus/namespaces'
    metricScope: 0
    resourceIds: [bus.id]
    timeContextFromParameter: 'TimeRange'
    // 4 is the average.
    metrics: [
      {
        namespace: 'microsoft.servicebus/namespaces'
        metric: 'microsoft.servicebus/namespaces--${metric}'
        aggregation: 4
        splitBy: 'EntityName'
      }
    ]
    title: '${metric} by queue'
  }
})

var parameters = {
  type: 9
  name: 'parameters'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    parameters: [
      {
        id: guid(resourceGroup().id, 'TimeRange')
        version: 'KqlParameterItem/1.0'
        name: 'TimeRange'
        label: 'Time'
        type: 4
        isRequired: true
        value: { durationMs: 86400000 }
        typeSettings: {
          selectableValues: map([1, 4, 12, 24, 72, 168, 720], hours => { durationMs: hours * 3600000 })
        }
      }
    ]
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'deliveries')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Atrium webhooks'
    category: 'workbook'
    sourceId: workspace.id
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat([parameters], queryItems, metricItems)
      fallbackResourceIds: [workspace.id]
    })
  }
}
