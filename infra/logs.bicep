param workspaceName string
param insightsName string
param location string
param tags object
param retentionDays int

@description('GB of logs a day after which the workspace takes no more; 0: no such limit.')
param dailyGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true }
    workspaceCapping: { dailyQuotaGb: dailyGb == 0 ? -1 : dailyGb }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
  }
}

// It has a limit of its own, 100 GB if nothing sets it, and the lower of the two counts. So without a limit of the
// workspace, this is the highest that Azure gives:
// https://learn.microsoft.com/azure/azure-monitor/logs/daily-cap#application-insights
resource plan 'Microsoft.Insights/components/pricingPlans@2017-10-01' = if (dailyGb == 0) {
  parent: insights
  name: 'current'
  properties: { planType: 'Basic', cap: 1000 }
}

output workspaceId string = workspace.id
output insightsConnectionString string = insights.properties.ConnectionString
