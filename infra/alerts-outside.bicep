// What the app and its log cannot tell: whether it can be reached, and whether Azure itself is well.

param suffix string
param location string
param tags object
param insightsName string

@description('The app\'s address, without a path.')
param appUri string

param peopleId string

// Five places, and an alert when three fail, as Azure advises. Their names:
// https://learn.microsoft.com/azure/azure-monitor/app/availability#location-population-tags
var places = ['emea-nl-ams-azr', 'emea-gb-db3-azr', 'us-va-ash-azr', 'us-tx-sn1-azr', 'apac-sg-sin-azr']

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource reached 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'live-${suffix}'
  location: location
  // By this tag the test belongs to Application Insights.
  tags: union(tags, { 'hidden-link:${insights.id}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'live-${suffix}'
    Name: 'live'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: map(places, place => { Id: place })
    // It takes no key, and asks nothing of queues and tables: what fails there has alerts of its own.
    Request: { RequestUrl: '${appUri}/api/live', HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

resource unreachable 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'unreachable-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The app does not answer calls from outside.'
    severity: 1
    enabled: true
    scopes: [reached.id, insights.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: reached.id
      componentId: insights.id
      failedLocationCount: 3
    }
    actions: [{ actionGroupId: peopleId }]
  }
}

var events = [
  {
    name: 'resource-health'
    description: 'Azure says that one of the resources is degraded or cannot be reached.'
    scope: resourceGroup().id
    category: 'ResourceHealth'
    anyOf: map(['Degraded', 'Unavailable'], state => { field: 'properties.currentHealthStatus', equals: state })
  }
  {
    name: 'service-health'
    description: 'Azure reports an incident or a security advisory that concerns the subscription.'
    scope: subscription().id
    category: 'ServiceHealth'
    anyOf: map(['Incident', 'Security'], kind => { field: 'properties.incidentType', equals: kind })
  }
]

resource activity 'Microsoft.Insights/activityLogAlerts@2020-10-01' = [
  for event in events: {
    name: '${event.name}-${suffix}'
    location: 'global'
    tags: tags
    properties: {
      description: event.description
      enabled: true
      scopes: [event.scope]
      condition: { allOf: [{ field: 'category', equals: event.category }, { anyOf: event.anyOf }] }
      actions: { actionGroups: [{ actionGroupId: peopleId }] }
    }
  }
]
