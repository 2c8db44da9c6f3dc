import { busSender } from 'roles.bicep'

// What Atrium itself may do: put events on the queue, and read none.

@description('Object ids of managed identities or service principals in Entra ID.')
param publishers string[]

param busName string

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: busName

  resource events 'queues' existing = {
    name: 'visitor-events'
  }
}

resource send 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for publisher in publishers: {
    name: guid(bus::events.id, publisher, busSender)
    scope: bus::events
    properties: {
      principalId: publisher
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', busSender)
    }
  }
]
