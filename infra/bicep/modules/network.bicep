// A network of our own: a subnet for each app to go out through, and one for the private endpoints of what the apps use.
// Webhooks still come in over the internet; telemetry still goes to the public ingestion endpoint of Azure Monitor.
param location string
param tags object
param name string

@description('A /22 or larger: four /24 are cut from it.')
param addressPrefix string

param hostStorageId string
param bookStorageId string
param serviceBusId string
param keyVaultId string

var apps = [
  'ingest'
  'process'
  'retry'
]

// The hosts use blobs, the book is tables: one endpoint and one zone each.
var endpoints = [
  {
    name: 'hosts'
    resourceId: hostStorageId
    groupId: 'blob'
    zone: 'privatelink.blob.${environment().suffixes.storage}'
  }
  {
    name: 'book'
    resourceId: bookStorageId
    groupId: 'table'
    zone: 'privatelink.table.${environment().suffixes.storage}'
  }
  {
    name: 'bus'
    resourceId: serviceBusId
    groupId: 'namespace'
    zone: 'privatelink.servicebus.windows.net'
  }
  {
    name: 'vault'
    resourceId: keyVaultId
    groupId: 'vault'
    zone: 'privatelink.vaultcore.azure.net'
  }
]

var appSubnets = [for (app, i) in apps: {
  name: app
  properties: {
    addressPrefix: cidrSubnet(addressPrefix, 24, i)
    delegations: [
      {
        name: 'flex'
        properties: {
          serviceName: 'Microsoft.App/environments'
        }
      }
    ]
  }
}]

var endpointSubnet = {
  name: 'endpoints'
  properties: {
    addressPrefix: cidrSubnet(addressPrefix, 24, length(apps))
    privateEndpointNetworkPolicies: 'Disabled'
  }
}

// Subnets inside the network, not beside it: deploying again would otherwise remove and remake them.
resource network 'Microsoft.Network/virtualNetworks@2023-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressPrefix
      ]
    }
    subnets: concat(appSubnets, [endpointSubnet])
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = [for endpoint in endpoints: {
  name: endpoint.zone
  location: 'global'
  tags: tags
}]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = [for (endpoint, i) in endpoints: {
  parent: zone[i]
  name: name
  location: 'global'
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}]

resource privateEndpoint 'Microsoft.Network/privateEndpoints@2023-11-01' = [for endpoint in endpoints: {
  name: '${name}-${endpoint.name}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: '${network.id}/subnets/endpoints'
    }
    privateLinkServiceConnections: [
      {
        name: endpoint.name
        properties: {
          privateLinkServiceId: endpoint.resourceId
          groupIds: [
            endpoint.groupId
          ]
        }
      }
    ]
  }
}]

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2023-11-01' = [for (endpoint, i) in endpoints: {
  parent: privateEndpoint[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: endpoint.name
        properties: {
          privateDnsZoneId: zone[i].id
        }
      }
    ]
  }
}]

output ingestSubnetId string = '${network.id}/subnets/ingest'
output processSubnetId string = '${network.id}/subnets/process'
output retrySubnetId string = '${network.id}/subnets/retry'
