using Sluice.Functions.Tests.Tables;

[assembly: AssemblyFixture(typeof(AzuriteTables))]

namespace Sluice.Functions.Tests.Tables;

/// <summary>One Azurite for all tests of a run, started by the first that asks. Tests keep apart by the names of their tables.</summary>
public sealed class AzuriteTables : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private (AzuriteProcess? Azurite, string Missing)? started;

    /// <summary>The account, over REST. Skips the test, with the reason, where Azurite cannot run.</summary>
    public async Task<RestTables> AccountAsync()
    {
        await turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            started ??= await AzuriteProcess.StartAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            turn.Release();
        }

        Assert.SkipWhen(started.Value.Azurite is null, started.Value.Missing);
        return new RestTables(started.Value.Azurite!.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (started?.Azurite is { } azurite) await azurite.DisposeAsync();
        turn.Dispose();
    }
}
