import { Budget } from 'types.bicep'

param budget Budget
param peopleId string

// Of this resource group. It tells people; it stops nothing.
resource month 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: 'month'
  properties: {
    category: 'Cost'
    timeGrain: 'Monthly'
    amount: budget.amount
    timePeriod: { startDate: '${budget.from}T00:00:00Z' }
    notifications: {
      forecast: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: []
        contactGroups: [peopleId]
      }
      most: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: []
        contactGroups: [peopleId]
      }
    }
  }
}
