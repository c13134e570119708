using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Configuration;
using Sluice.LocalHost.Hosting;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice up</c>: runs the host until it is told to stop.</summary>
internal sealed class UpCommand : Command
{
    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Where to listen; several are separated by semicolons", HelpName = "URLS", DefaultValueFactory = _ => "http://127.0.0.1:7071",
    };

    public UpCommand() : base("up", "Runs Sluice (the default command)")
    {
        Add(Urls);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var urls = ReadUrls(parsed.GetValue(Urls)!);
        var data = CommonOptions.Folder(parsed);
        var file = ConfigurationFile.Find(parsed.GetValue(CommonOptions.Config), data);
        data.Create();
        using var owner = data.TryLock() ?? throw new CommandException(InUse(data));
        if (file.IsDemo) DemoConfiguration.WriteIfMissing(data);

        string? broken = null;
        WebApplication? app = null;
        try
        {
            app = SluiceHost.Build(new StartOptions(data, file, urls, reason =>
            {
                broken = reason;
                app?.Lifetime.StopApplication();
            }));
            await StartAsync(app, urls, cancellationToken);
            var live = app.Services.GetRequiredService<LiveConfiguration>();
            data.WriteHost(new RunningHost(Dialable(app.Urls.First()), SluiceHost.OpsTokenText(live), Environment.ProcessId));
            await UpBanner.PrintAsync(app.Urls, live.Current, app.Services.GetRequiredService<Ingestion.Learning>(), data, file, parsed.GetValue(CommonOptions.Json));
            await app.WaitForShutdownAsync(cancellationToken);
            broken ??= Fault(app);
        }
        finally
        {
            data.DeleteHost();
            if (app is not null) await app.DisposeAsync();
        }

        return broken is null ? 0 : throw new CommandException($"stopped: {broken}; nothing that was acknowledged is lost");
    }

    // A service that failed has stopped the host; that is no clean end.
    private static string? Fault(WebApplication app) =>
        app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Select(service => service.ExecuteTask?.Exception?.InnerException).FirstOrDefault(e => e is not null) is { } fault
            ? $"a fault of Sluice's own ({fault.GetType().Name}: {fault.Message})"
            : null;

    private static async Task StartAsync(WebApplication app, string[] urls, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new CommandException($"{string.Join(";", urls)} is in use by another program; stop it or choose another address with --urls");
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            throw new CommandException($"cannot listen on {string.Join(";", urls)} ({e.Message}); choose another address with --urls");
        }
    }

    private static string[] ReadUrls(string text)
    {
        var urls = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var url in urls)
        {
            // http://*:80 and http://+:80 are Kestrel's own spellings of every address.
            if (!Uri.TryCreate(url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal), UriKind.Absolute, out var uri) || uri.Scheme != "http")
                throw new CommandException($"--urls {url} is no http address; write http://127.0.0.1:7071, and put a proxy in front for https");
        }

        return urls.Length > 0 ? urls : throw new CommandException("--urls is empty; write http://127.0.0.1:7071");
    }

    // What listens on every address is called on this machine's own.
    private static string Dialable(string url) => url.Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal)
        .Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal).Replace("://*", "://127.0.0.1", StringComparison.Ordinal).Replace("://+", "://127.0.0.1", StringComparison.Ordinal);

    private static string InUse(DataFolder data) => data.ReadHost() is { } host
        ? $"the data folder {data.Path} is in use by a Sluice at {host.Url} (process {host.ProcessId}); stop it or name another folder with --data"
        : $"the data folder {data.Path} is in use by another Sluice; stop it or name another folder with --data";
}
