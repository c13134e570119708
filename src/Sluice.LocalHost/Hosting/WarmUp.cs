using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.LocalHost.Sqlite;
using Sluice.Providers;

namespace Sluice.LocalHost.Hosting;

/// <summary>
/// Walks once, on another core, through what the start needs a moment later: SQLite, reading a configuration, checking a signature.
/// Loading and compiling them one after the other would be a third of the time from start to the first acknowledged webhook.
/// </summary>
internal static class WarmUp
{
    public static void Start() => new Thread(Run) { IsBackground = true, Name = "sluice warm-up" }.Start();

    private static void Run()
    {
        try
        {
            using var connection = Database.OpenInMemory();
            Schema.Migrate(connection);
            using var statement = new Statement(connection, "SELECT ?1, ?2");
            statement.Bind(1L).Bind("text").Run();
            CheckSignature();
        }
        catch (SqliteException)
        {
            // The start itself will meet the same fault and say what it means.
        }
    }

    private static void CheckSignature()
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream("""{ "Sluice": { "Sources": { "a": { "Provider": "stripe", "Secrets": ["a"] } } } }"""u8.ToArray())).Build();
        var read = SluiceConfiguration.Build(configuration, ProviderCatalog.Default, new HandlerCatalog(), new SecretResolver(static _ => null, "."), []);
        if (!read.TryGetSource("a", out var source)) return;
        var request = source.Scheme.Sign(new SentRequest { Url = new Uri("http://localhost/"), Body = Encoding.UTF8.GetBytes("{}"), ContentType = "application/json" }, source.Settings, "a", DateTimeOffset.UnixEpoch);
        var envelope = new Envelope { Method = "POST", Target = "/", Headers = new HeaderList([.. request.Headers]), Body = request.Body, ReceivedAt = DateTimeOffset.UnixEpoch };
        source.Verifier!.Verify(envelope, envelope.ReceivedAt);
        source.Provider.Describe(envelope, source.Settings);
    }
}
