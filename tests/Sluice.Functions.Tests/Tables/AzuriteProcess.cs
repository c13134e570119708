using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Sluice.Contracts;

namespace Sluice.Functions.Tests.Tables;

/// <summary>Azurite's table service on a free port of the loopback interface, keeping everything in memory.</summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    // The account and the key that every Azurite knows.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly Process process;

    // Read on, so that what it still says does not fill the pipe.
    private readonly Task<string> rest;

    private AzuriteProcess(Process process, int port)
    {
        this.process = process;
        rest = process.StandardOutput.ReadToEndAsync();
        ConnectionString = $"AccountName={Account};AccountKey={Key};TableEndpoint=http://127.0.0.1:{port}/{Account}";
    }

    public string ConnectionString { get; }

    private static string Folder => Path.GetFullPath("../../azurite", Path.GetDirectoryName(ThisFile())!);

    /// <summary>The process, listening; or null and why it cannot run here.</summary>
    public static async Task<(AzuriteProcess? Azurite, string Missing)> StartAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "azurite"))) return (null, "Azurite is not installed: run npm ci in tests/azurite");
        var port = FreePort();
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(
                "node", ["table.mjs", "--tableHost", "127.0.0.1", "--tablePort", $"{port}", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"])
            {
                WorkingDirectory = Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        }
        catch (Win32Exception e)
        {
            return (null, $"node cannot be started: {e.Message}");
        }

        while (await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().InTimeAsync("Azurite says that it has started") is { } line)
        {
            if (line.Contains("successfully started", StringComparison.Ordinal)) return (new(process, port), "");
        }

        throw new InvalidOperationException("Azurite ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        try
        {
            await rest.InTimeAsync("Azurite ends with its input");
            await process.WaitForExitAsync().InTimeAsync("Azurite ends with its input");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
