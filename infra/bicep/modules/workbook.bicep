// One page from received to dead-lettered, in the order in which a webhook walks.
param location string
param tags object
param applicationInsightsId string
param workspaceId string
param serviceBusId string
param queueName string
param ingestAppName string
param processAppName string
param retryAppName string

var template = loadTextContent('workbook.json')
var placed = replace(replace(replace(template, '__WORKSPACE_ID__', workspaceId), '__SERVICE_BUS_ID__', serviceBusId), '__QUEUE__', queueName)
var serializedData = replace(replace(replace(placed, '__INGEST_APP__', ingestAppName), '__PROCESS_APP__', processAppName), '__RETRY_APP__', retryAppName)

resource workbook 'Microsoft.Insights/workbooks@2022-04-01' = {
  name: guid(resourceGroup().id, 'sluice')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Sluice: from received to dead-lettered'
    category: 'workbook'
    sourceId: applicationInsightsId
    serializedData: serializedData
  }
}

output id string = workbook.id
