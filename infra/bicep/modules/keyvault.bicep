// The sources' signing secrets. Made empty: the apps start without them, and a source whose secret is missing answers 503 until it is there.
param location string
param tags object

@minLength(3)
@maxLength(24)
param name string

param workspaceId string

@description('Who may write secrets: the object id of the person or pipeline that deploys. Empty: nobody yet.')
param writerId string

@description('A deleted vault then keeps its name for 90 days. Cannot be taken back.')
param purgeProtection bool

@description('Reached over a private endpoint only, and from operatorIps.')
param private bool

@description('Addresses or CIDR ranges from which secrets are written when the vault is private.')
param operatorIps array

// Key Vault Secrets Officer
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    // The service refuses false; saying nothing means no.
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: private && empty(operatorIps) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: private ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
      ipRules: [for ip in operatorIps: {
        value: ip
      }]
    }
  }
}

// Without principalType: the deployer is a person at a desk and a service principal in a pipeline, and both exist already.
resource writer 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(writerId)) {
  name: guid(vault.id, writerId, secretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
    principalId: writerId
  }
}

// Who read or changed a secret, and when.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

output id string = vault.id
output name string = vault.name
