// Each alert has a section of the same name in docs/runbook.md.

param suffix string
param location string
param tags object

@description('Who gets the alerts.')
param emails string[]

@description('How many messages may wait on a queue.')
param backlog int

@description('The most that a queue takes.')
param queueMegabytes int

param busName string
param busSku 'Standard' | 'Premium'
param storageName string
param vaultName string

@description('Whether deliveries leave by a NAT gateway.')
param gateway bool

param workspaceName string

@description('GB of logs a day after which the workspace takes no more; 0: no such limit.')
param logDailyGb int

param insightsName string
param appUri string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-atrium-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'atrium'
    enabled: true
    emailReceivers: [for (email, i) in emails: { name: 'email-${i}', emailAddress: email, useCommonAlertSchema: true }]
  }
}

module queues 'alerts-queues.bicep' = {
  params: {
    suffix: suffix
    tags: tags
    backlog: backlog
    queueMegabytes: queueMegabytes
    busName: busName
    peopleId: people.id
  }
}

module limits 'alerts-limits.bicep' = {
  params: {
    suffix: suffix
    tags: tags
    busName: busName
    busSku: busSku
    storageName: storageName
    vaultName: vaultName
    gateway: gateway
    peopleId: people.id
  }
}

module outside 'alerts-outside.bicep' = {
  params: {
    suffix: suffix
    location: location
    tags: tags
    insightsName: insightsName
    appUri: appUri
    peopleId: people.id
  }
}

module log 'alerts-log.bicep' = {
  params: {
    suffix: suffix
    location: location
    tags: tags
    workspaceName: workspaceName
    logDailyGb: logDailyGb
    peopleId: people.id
  }
}

output peopleId string = people.id
