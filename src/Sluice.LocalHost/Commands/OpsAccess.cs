using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;
using Sluice.LocalHost.Sqlite;
using Sluice.Quarantine;
using Sluice.Reconciliation;

namespace Sluice.LocalHost.Commands;

/// <summary>The way to the book for a command: over a running host, or by opening the store when nothing runs.</summary>
internal sealed class OpsAccess(IOperations operations, IQuarantineOperations quarantine, IReconciliation reconciliation, params IDisposable?[] owned) : IDisposable
{
    public IOperations Operations => operations;

    public IQuarantineOperations Quarantine => quarantine;

    public IReconciliation Reconciliation => reconciliation;

    /// <summary>Whether a host is asked that runs; otherwise this process has the store.</summary>
    public bool IsOverHost { get; private init; }

    /// <exception cref="CommandException">There is neither a running host nor a store.</exception>
    public static OpsAccess Open(ParseResult parsed)
    {
        if (parsed.GetValue(CommonOptions.Remote) is { } remote)
        {
            if (!Uri.TryCreate(remote, UriKind.Absolute, out var url)) throw new CommandException($"--remote {remote} is no address; write it as http://host:port");
            if (parsed.GetValue(CommonOptions.Token) is not { } token) throw new CommandException("--remote needs --token: the host's ops token");
            return Over(url, token);
        }

        var data = CommonOptions.Folder(parsed);
        if (!File.Exists(new Database(data.Path).File)) throw new CommandException($"there are no events in {data.Path} yet; start sluice up, or name its folder with --data");
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
            return new(provider.GetRequiredService<IOperations>(), provider.GetRequiredService<IQuarantineOperations>(), provider.GetRequiredService<IReconciliation>(), provider, owner);
        }
        catch
        {
            provider.Dispose();
            owner.Dispose();
            throw;
        }
    }

    private static OpsAccess Over(Uri host, string token)
    {
        var client = new OpsClient(host, token);
        var patient = new OpsClient(host, token, RemoteReconciliation.Patience);
        return new(new RemoteOperations(client), new RemoteQuarantine(client), new RemoteReconciliation(patient), client, patient) { IsOverHost = true };
    }

    public void Dispose()
    {
        foreach (var item in owned) item?.Dispose();
    }
}
