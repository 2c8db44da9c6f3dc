using 'main.bicep'

import { prod } from 'stages.bicep'

param environmentName = 'static'
param location = 'westeurope'
param stage = union(prod, { network: 'static', alwaysReady: 0, busUnits: 8 })
