// Azure's built-in roles, by their ids.

@export()
var busSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'

@export()
var busReceiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'

@export()
var busOwner = '090c5cfd-751d-490a-894a-3ce6f1109419'

@export()
var blobOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

@export()
var blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

@export()
var tableContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

@export()
var tableReader = '76199698-9eea-4c19-bc75-cec21354c6b6'

@export()
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

@export()
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
