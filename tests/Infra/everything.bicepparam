using 'main.bicep'

import { prod } from 'stages.bicep'

param environmentName = 'everything'
param location = 'westeurope'
param alertEmails = ['on-call@example.com']
param operators = ['00000000-0000-0000-0000-000000000004']
param stage = union(prod, { busSku: 'Premium', siteUpdate: 'RollingUpdate', exactScaling: true, network: 'private' })
param signIn = { clientId: '00000000-0000-0000-0000-000000000003', tenantClaim: 'extension_tenant' }
