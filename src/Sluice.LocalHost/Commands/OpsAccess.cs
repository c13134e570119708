using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;
using Sluice.LocalHost.Sqlite;
using Sluice.Quarantine;
using Sluice.Reconciliation;

namespace Sluice.LocalHost.Commands;

/// <summary>The way to the book for a command: over a running host, or by opening the store when nothing runs.</summary>
internal sealed class OpsAccess(IOperations operations, IQuarantineOperations quarantine, IReconciliation reconciliation, IDestinationOperations destinations, Func<CancellationToken, Task<IReadOnlyList<string>?>> sources, params IDisposable?[] owned) : IDisposable
{
    public IOperations Operations => operations;

    public IQuarantineOperations Quarantine => quarantine;

    public IReconciliation Reconciliation => reconciliation;

    public IDestinationOperations Destinations => destinations;

    /// <summary>Whether a host is asked that runs; otherwise this process has the store.</summary>
    public bool IsOverHost { get; private init; }

    /// <exception cref="CommandException">There is neither a running host nor a store.</exception>
    public static OpsAccess Open(ParseResult parsed)
    {
        if (parsed.GetValue(CommonOptions.Token) is not null && parsed.GetValue(CommonOptions.Remote) is null) throw new CommandException("--token belongs to --remote; name the host with --remote http://host:port");
        if (parsed.GetValue(CommonOptions.Remote) is { } remote)
        {
            if (!Uri.TryCreate(remote, UriKind.Absolute, out var url)) throw new CommandException($"--remote {remote} is no address; write it as http://host:port");
            if (parsed.GetValue(CommonOptions.Token) is not { } token) throw new CommandException("--remote needs --token: the host's ops token");
            return Over(url, token);
        }

        var data = CommonOptions.Folder(parsed);
        if (!File.Exists(new Database(data.Path).File)) throw new CommandException($"nothing is kept in {data.Path} yet; start sluice up, or name its folder with --data");
        if (data.TryLock() is not { } owner)
        {
            return data.ReadHost() is { } host
                ? Over(new Uri(host.Url), host.Token)
                : throw new CommandException($"another process has the data folder {data.Path} and does not say where it listens; try again in a moment");
        }

        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        var file = ConfigurationFile.Find(parsed.GetValue(CommonOptions.Config), data);
        if (file.IsDemo) DemoConfiguration.WriteIfMissing(data);
        SluiceHost.AddServices(services, new StartOptions(data, file, [], static _ => { }));
        var provider = services.BuildServiceProvider();
        try
        {
            return new(provider.GetRequiredService<IOperations>(), provider.GetRequiredService<IQuarantineOperations>(), provider.GetRequiredService<IReconciliation>(), provider.GetRequiredService<IDestinationOperations>(),
                _ => Task.FromResult<IReadOnlyList<string>?>([.. provider.GetRequiredService<LiveConfiguration>().Current.Sources.Select(source => source.Name)]), provider, owner);
        }
        catch
        {
            provider.Dispose();
            owner.Dispose();
            throw;
        }
    }

    /// <summary>For a filter that found nothing: that of a mistyped name is no good news.</summary>
    /// <exception cref="CommandException">No source is called so, and none was whose events are kept.</exception>
    public async Task CheckSourceAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is null || await sources(cancellationToken) is not { } configured || configured.Contains(name)) return;
        for (var filter = new EventFilter { Source = name, Limit = 1 }; ;)
        {
            var page = await operations.EventsAsync(filter, cancellationToken);
            if (page.Items.Count > 0) return;
            if (page.Next is null) break;
            filter = filter with { Before = page.Next };
        }

        throw new CommandException($"no source is called {SafeText.OneLine(name, 60)}; there {(configured.Count == 1 ? "is" : "are")} {(configured.Count == 0 ? "none" : string.Join(", ", configured))}");
    }

    private static OpsAccess Over(Uri host, string opsToken)
    {
        var client = new OpsClient(host, opsToken);
        var patient = new OpsClient(host, opsToken, RemoteReconciliation.Patience);
        return new(new RemoteOperations(client), new RemoteQuarantine(client), new RemoteReconciliation(patient), new RemoteDestinations(patient),
            async token => (await client.AskAsync(HttpMethod.Get, "sources", OpsJson.Default.IReadOnlyListSourceView, token))?.Select(source => source.Name).ToList(), client, patient) { IsOverHost = true };
    }

    public void Dispose()
    {
        foreach (var item in owned) item?.Dispose();
    }
}
