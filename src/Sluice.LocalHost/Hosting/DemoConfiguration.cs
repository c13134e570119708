using System.Security.Cryptography;

namespace Sluice.LocalHost.Hosting;

/// <summary>The configuration of someone who has none yet: a source for each sender with secrets of its own, kept in the data folder.</summary>
internal static class DemoConfiguration
{
    public static void WriteIfMissing(DataFolder data)
    {
        if (File.Exists(data.DemoConfigurationFile)) return;
        DataFolder.WriteSecret(data.DemoConfigurationFile, $$"""
            {
              // Made by the first start without a configuration. Copy it to sluice.json and change it: that file is then taken instead.
              "Sluice": {
                "Sources": {
                  "stripe": { "Provider": "stripe", "Secrets": ["whsec_{{Secret()}}"], "ExplainRejections": true },
                  "github": { "Provider": "github", "Secrets": ["{{Secret()}}"], "ExplainRejections": true },
                  "slack": { "Provider": "slack", "Secrets": ["{{Secret()}}"], "ExplainRejections": true },
                  "shopify": { "Provider": "shopify", "Secrets": ["{{Secret()}}"], "ExplainRejections": true },
                  "standard_webhooks": { "Provider": "standard-webhooks", "Secrets": ["whsec_{{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}}"], "ExplainRejections": true }
                },
                "Destinations": {
                  // Every event is a line in the log.
                  "log": { "Handler": "log" },
                  // Invoices go into a folder, by the handler in src/Handlers. It is not there at first: see it fail, make it, replay.
                  "archive": { "Handler": "archive", "Folder": "inbox", "Types": ["invoice.*"], "Retry": { "MaxAttempts": 3, "BaseDelay": "00:00:01", "Factor": 2 } }
                }
              }
            }

            """);
    }

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
}
