import { allow } from 'door.bicep'
import { Door, Portal, SignIn, Stage } from 'types.bicep'

param suffix string
param location string
param tags object
param stage Stage
param signIn SignIn?
param door Door
param portal Portal
param identityId string
param clientId string
param subnetId string?
param busHost string

@description('How long the queue of deliveries locks a message, as in ISO 8601.')
param lockDuration string

param hostStorageName string
param blobUri string
param tableUri string
param deploymentContainer string
param backupContainer string
param vaultUri string
param insightsConnectionString string
param workspaceId string

var defaultCalls = loadJsonContent('../host.json', '$.extensions.serviceBus.maxConcurrentCalls')

// Each call that an instance can take has a receive open, and a queue refuses more than 5,000:
// https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
var instances = stage.maximumInstances * (stage.?maxConcurrentCalls ?? defaultCalls) <= 5000
  ? stage.maximumInstances
  : fail('maximumInstances times maxConcurrentCalls has to be 5,000 at most: a queue takes no more receives at a time.')

var zones = !stage.zones || contains(stage.storageSku, 'ZRS')
  ? stage.zones
  : fail('zones needs a storageSku with ZRS: without its storage the host does not start in another zone.')

// The web test of alerts-outside.bicep comes from there.
var sources = empty(door.sources) ? [] : union(door.sources, ['ApplicationInsightsAvailability'])

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-atrium-${suffix}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true, zoneRedundant: zones }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: 'func-atrium-${suffix}'
  location: location
  // azd finds where to deploy the service of azure.yaml by this tag.
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      ipSecurityRestrictions: allow(sources, door.frontDoorId)
      ipSecurityRestrictionsDefaultAction: empty(sources) ? 'Allow' : 'Deny'
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictions: allow(door.deployments, '')
      scmIpSecurityRestrictionsDefaultAction: empty(door.deployments) ? 'Allow' : 'Deny'
    }
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobUri}${deploymentContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: instances
        instanceMemoryMB: stage.instanceMemoryMB
        // Each has instances of its own. An event first meets FanOut, or HTTP; with one of them cold it waits there.
        alwaysReady: stage.alwaysReady == 0
          ? []
          : map(['http', 'function:FanOut', 'function:Deliver'], name => {
              name: name
              instanceCount: stage.alwaysReady
            })
      }
      // The types that come with Bicep do not have it yet:
      // https://learn.microsoft.com/azure/azure-functions/flex-consumption-site-updates
      #disable-next-line BCP037
      siteUpdateStrategy: { type: stage.siteUpdate }
    }
  }

  // One after the other from here on: of what is written to a site at a time, something can be lost:
  // https://github.com/Azure/azure-dev/pull/3125.
  resource settings 'config' = {
    name: 'appsettings'
    properties: union(
      {
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: clientId
        // With the address alone, a host that starts can look for the keys too early, and refuse a right one:
        // https://github.com/Azure/azure-functions-host/issues/11787. Both addresses go before the name.
        AzureWebJobsStorage__accountName: hostStorageName
        AzureWebJobsStorage__blobServiceUri: blobUri
        // The host notes a few events of its own in tables.
        AzureWebJobsStorage__tableServiceUri: tableUri
        APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
        // Both host and app read these two. Otherwise the host keeps five traces a second, and the app all.
        OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
        OTEL_TRACES_SAMPLER_ARG: stage.tracePercent == 100 ? '1' : '0.${padLeft(stage.tracePercent, 2, '0')}'
        AZURE_CLIENT_ID: clientId
        ServiceBus__fullyQualifiedNamespace: busHost
        ServiceBus__credential: 'managedidentity'
        ServiceBus__clientId: clientId
        Tables__serviceUri: tableUri
        Backup__containerUri: '${blobUri}${backupContainer}'
        KeyVault__vaultUri: vaultUri
        Deliveries__LockDuration: dateTimeAdd('2000-01-01T00:00:00Z', lockDuration, 'HH:mm:ss')
        DeadLetters__RetentionDays: string(stage.deadLetterDays)
      },
      // Host and app both read it.
      stage.?maxConcurrentCalls == null
        ? {}
        : { AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls: string(stage.?maxConcurrentCalls) },
      // Of a namespace's thousand; the rest is for whoever publishes. Several instances can still use up all of it.
      stage.busSku == 'Standard' ? { Credits__PerSecond: '700' } : {},
      signIn == null
        ? {}
        : {
            Access__SignedInUsers: 'true'
            Access__TenantClaim: empty(signIn!.tenantClaim) ? 'tenant' : signIn!.tenantClaim
          },
      toObject(
        range(0, length(portal.frameAncestors)),
        i => 'Portal__FrameAncestors__${i}',
        i => portal.frameAncestors[i]
      ),
      empty(portal.returnUrl) ? {} : { Portal__ReturnUrl: portal.returnUrl },
      empty(portal.accent) ? {} : { Portal__Accent: portal.accent },
      stage.?moreSettings ?? {}
    )
  }

  // A caller with a function key has no token, so this refuses nobody. It checks a token if there is one. Without
  // sign-in it is there too, to switch off what a deployment before has switched on.
  resource authentication 'config' = {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: signIn != null }
      globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' }
      httpSettings: { requireHttps: true }
      login: { tokenStore: { enabled: false } }
      ...(signIn == null
        ? {}
        : {
            identityProviders: {
              azureActiveDirectory: {
                enabled: true
                registration: {
                  clientId: signIn!.clientId
                  openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
                }
                validation: { allowedAudiences: [signIn!.clientId, 'api://${signIn!.clientId}'] }
              }
            }
          })
    }
    dependsOn: [settings]
  }

  // Nobody deploys with a password.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
    dependsOn: [authentication]
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
    dependsOn: [ftp]
  }
}

// The app's own log is in Application Insights. A second copy here would cost as much again. Azure keeps the metrics.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (signIn != null) {
  name: 'to-log-analytics'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'AppServiceAuthenticationLogs', enabled: true }]
  }
}

output name string = app.name
output uri string = 'https://${app.properties.defaultHostName}'
