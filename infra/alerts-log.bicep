param suffix string
param location string
param tags object
param workspaceName string

@description('GB of logs a day after which the workspace takes no more; 0: no such limit.')
param logDailyGb int

param peopleId string

var attempts = 'let attempts = ${loadTextContent('queries/attempts.kql')};\n'
var failing = loadTextContent('queries/failing-subscriptions.kql')
var lag = loadTextContent('queries/lag.kql')
var burn = loadTextContent('queries/slo-burn.kql')
var ingestBurn = loadTextContent('queries/slo-ingest-burn.kql')
var failures = loadTextContent('queries/dependency-failures.kql')
// An alert that misses lines is not raised when the log took none, nor just afterwards: not for a whole window.
var capped = 'let capped = toscalar(${loadTextContent('queries/log-capped.kql')}| count);\n'
var waiting = '${loadTextContent('queries/waiting.kql')}| summarize arg_max(TimeGenerated, WaitedSeconds) by Queue\n'
// Comes after what lists customers' subscriptions, as `rows`. Azure sends an address at most 100 mails an hour, those
// about the end of an alert among them. One receiver of many subscriptions would use them up, and what is urgent would
// reach nobody. So more than ten are one alert. The workbook names them.
var bound = '''
let many = toscalar(rows | count) > 10;
rows
| extend Tenant = iff(many, "many", Tenant), SubscriptionId = iff(many, "see the workbook", SubscriptionId)'''

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

// Each is a query of the log. Each row of its result, identified by the dimensions, is one alert. It stays open until
// its cause is over. What merely happens is never over, so the rule mutes the next alert for a time instead. Azure does
// not say whether that mutes one alert or the whole rule. The window is no shorter than the mute, so the next alert
// reports what happened while it was muted.
var questions = [
  {
    name: 'dead-lettered'
    description: 'Messages were dead-lettered. There is at most one alert an hour for each reason.'
    severity: 3
    query: loadTextContent('queries/dead-lettered.kql')
    window: 'PT1H'
    dimensions: ['Reason']
    mute: 'PT1H'
  }
  {
    name: 'subscription-failing'
    description: 'Every attempt for a subscription has failed for a while.'
    severity: 3
    // Ten failures are one delivery given up, or several in their first minutes.
    query: '${attempts}let rows = materialize(${failing}| where Failed >= 10);\n${bound}'
    window: 'PT30M'
    // Not the fault: a receiver that fails now this way, now that, is one alert all the same.
    dimensions: ['Tenant', 'SubscriptionId']
    mute: null
  }
  {
    name: 'lag'
    description: 'Of 20 or more attempts in five minutes, one in 20 is over a minute late, for several subscriptions.'
    severity: 2
    query: '${attempts}${lag}| where Attempts >= 20 and P95Seconds > 60 and LateSubscriptions > 1'
    window: 'PT15M'
    dimensions: []
    mute: null
  }
  {
    name: 'slo-fast-burn'
    description: 'First attempts are late by our fault so often that the month\'s budget is used up within two days.'
    severity: 1
    query: '${attempts}${burn}| where First >= 100 and Share > 0.0144 and ShareLately > 0.0144'
    window: 'PT1H'
    dimensions: []
    mute: null
  }
  {
    name: 'slo-slow-burn'
    description: 'First attempts are late by our fault so often that the month\'s budget is used up within five days.'
    severity: 2
    query: '${attempts}${replace(burn, '5m', '30m')}| where First >= 100 and Share > 0.006 and ShareLately > 0.006'
    window: 'PT6H'
    dimensions: []
    mute: null
  }
  {
    name: 'ingest-fast-burn'
    description: 'Posted events fail so often that the month\'s budget is used up within two days.'
    severity: 1
    query: '${ingestBurn}| where Failed >= 5 and Share > 0.0072 and ShareLately > 0.0072'
    window: 'PT1H'
    dimensions: []
    mute: null
  }
  {
    name: 'ingest-slow-burn'
    description: 'Posted events fail so often that the month\'s budget is used up within five days.'
    severity: 2
    query: '${replace(ingestBurn, '5m', '30m')}| where Failed >= 5 and Share > 0.003 and ShareLately > 0.003'
    window: 'PT6H'
    dimensions: []
    mute: null
  }
  {
    name: 'waiting'
    description: 'The oldest message on a queue has waited for over five minutes: the queue is stuck or too slow.'
    severity: 1
    // The first instance starts in less; a job's step takes under a minute.
    query: '${waiting}| where WaitedSeconds > 300'
    window: 'PT15M'
    dimensions: ['Queue']
    mute: null
  }
  {
    name: 'not-measured'
    description: 'No timer has measured the queues for a quarter of an hour: the timers have stopped.'
    severity: 1
    query: '${capped}${loadTextContent('queries/measured.kql')}| where Lines == 0 and capped == 0'
    // For the limit of the day. Lines are looked for in the last quarter of an hour.
    window: 'P1D'
    dimensions: []
    mute: null
  }
  {
    name: 'no-backup'
    description: 'The subscriptions were not backed up in the last two nights.'
    severity: 2
    // A new environment has its first backup within a day.
    query: '${capped}${loadTextContent('queries/backups.kql')}| where Backups == 0 and Since < ago(25h) and capped == 0'
    window: 'P2D'
    dimensions: []
    mute: null
  }
  {
    name: 'parked-for-long'
    description: 'Deliveries of a paused subscription have been parked for over a day.'
    severity: 3
    query: 'let rows = materialize(${loadTextContent('queries/parked.kql')}| where Oldest < ago(1d));\n${bound}'
    // The longest that Azure allows: the day that it takes, and the day for which it is muted.
    window: 'P2D'
    dimensions: ['Tenant', 'SubscriptionId']
    // Raised again each day, because only a person can end it.
    mute: 'P1D'
  }
  {
    name: 'dependency-failures'
    description: 'Work is put off because Table Storage, Key Vault or Service Bus fails.'
    severity: 1
    // Single failures happen, and retries make up for them.
    query: '${failures}| summarize Failures = sum(Failures) by What\n| where Failures >= 5'
    window: 'PT15M'
    dimensions: ['What']
    mute: null
  }
  {
    name: 'own-errors'
    description: 'The app logged an error on Atrium\'s own side.'
    severity: 2
    query: loadTextContent('queries/own-errors.kql')
    window: 'PT1H'
    dimensions: []
    mute: 'PT1H'
  }
  {
    name: 'no-telemetry'
    description: 'Neither the app nor its host has logged anything for a quarter of an hour.'
    severity: 1
    query: '${capped}${loadTextContent('queries/telemetry.kql')}| where Lines == 0 and capped == 0'
    window: 'P1D'
    dimensions: []
    mute: null
  }
]

// What tells of the limit is taken in after it, too.
var limit = {
  name: 'log-capped'
  description: 'The log has reached its limit of the day. Until it takes lines again no alert on the log can be raised.'
  severity: 2
  query: loadTextContent('queries/log-capped.kql')
  window: 'PT1H'
  dimensions: []
  mute: null
}

resource logs 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for question in concat(questions, logDailyGb == 0 ? [] : [limit]): {
    name: '${question.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: question.name
      description: question.description
      severity: question.severity
      enabled: true
      scopes: [workspace.id]
      // A new workspace has no tables yet: they come with the first lines.
      skipQueryValidation: true
      evaluationFrequency: 'PT5M'
      windowSize: question.window
      autoMitigate: question.mute == null
      ...(question.mute == null ? {} : { muteActionsDuration: question.mute! })
      criteria: {
        allOf: [
          {
            query: question.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: map(question.dimensions, name => { name: name, operator: 'Include', values: ['*'] })
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [peopleId] }
    }
  }
]
