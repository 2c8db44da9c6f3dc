using 'main.bicep'

import { prod } from 'stages.bicep'

param environmentName = 'everything'
param location = 'westeurope'
param alertEmails = ['on-call@example.com']
param operators = ['00000000-0000-0000-0000-000000000004']
param publishers = ['00000000-0000-0000-0000-000000000006']
param vaultGeneration = '2'
param stage = union(prod, {
  busUnits: 2
  busPartitions: 2
  siteUpdate: 'RollingUpdate'
  zones: true
  logDailyGb: 50
  maxConcurrentCalls: 64
  maximumInstances: 78
  moreSettings: { Egress__Timeout: '00:00:20' }
})
param signIn = { clientId: '00000000-0000-0000-0000-000000000003', tenantClaim: 'extension_tenant' }
param networkPrefix = '10.91.0.0/24'
param door = {
  sources: ['203.0.113.0/24', 'AzureFrontDoor.Backend']
  frontDoorId: '00000000-0000-0000-0000-000000000005'
  deployments: ['198.51.100.0/24']
}
param portal = {
  frameAncestors: ['https://app.example.com']
  returnUrl: 'https://app.example.com/settings'
  accent: '#0b57d0'
}
param budget = { amount: 1000, from: '2026-12-01' }
param commit = '0123456789abcdef0123456789abcdef01234567'
