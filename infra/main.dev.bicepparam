using 'main.bicep'

import { dev } from 'stages.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param alertEmails = filter(split(readEnvironmentVariable('ATRIUM_ALERT_EMAILS', ''), ','), address => !empty(address))
param stage = dev
