import { Door } from 'types.bicep'

func isFrontDoor(source string) bool => toLower(source) == 'azurefrontdoor.backend'

// A range has a slash. What has none has to be a service tag, which has no colon and does not begin with a digit.
func isBroken(source string) bool =>
  !contains(source, '/') && (contains(source, ':') || contains('0123456789', first(source)))

@export()
@description('The door, if Azure would understand it as it is meant. Otherwise the deployment ends with a sentence.')
func check(door Door) Door =>
  length(filter(concat(door.sources, door.deployments), source => isBroken(source))) > 0
    ? fail('A source is an address without a length. Write a range as 203.0.113.0/24, one address with /32 or /128.')
    : empty(door.frontDoorId) || length(filter(door.sources, source => isFrontDoor(source))) > 0
        ? door
        : fail('ATRIUM_FRONT_DOOR_ID is set, but AzureFrontDoor.Backend is not in ATRIUM_ALLOWED_SOURCES.')

@export()
@description('Rules that let in these sources: ranges of addresses, and service tags.')
func allow(sources string[], frontDoorId string) object[] =>
  map(sources, (source, i) => {
    name: 'source-${i}'
    priority: 100 + i
    action: 'Allow'
    ipAddress: isFrontDoor(source) ? 'AzureFrontDoor.Backend' : source
    tag: contains(source, '/') ? 'Default' : 'ServiceTag'
    ...(isFrontDoor(source) && !empty(frontDoorId) ? { headers: { 'x-azure-fdid': [frontDoorId] } } : {})
  })
