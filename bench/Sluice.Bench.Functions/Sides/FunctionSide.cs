using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using IngestFunction;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sluice.AzureServices.Hosting;
using Sluice.Bench.Silent;
using Sluice.Ingestion;

namespace Sluice.Bench.Sides;

/// <summary>The ingest app as it is composed, over clients that answer at once: the core, and what the shell adds to it.</summary>
public sealed class FunctionSide : Side
{
    private readonly SilentTables tables = new();
    private readonly SilentBus bus = new();
    private readonly ServiceProvider services;
    private readonly IngestEndpoint endpoint;

    public FunctionSide()
    {
        services = NewServices().AddSingleton<TableServiceClient>(tables).AddSingleton<ServiceBusClient>(bus).AddSluiceOnAzure(Settings, FunctionApp.Ingest).BuildServiceProvider();
        endpoint = services.GetRequiredService<IngestEndpoint>();
    }

    public override IServiceProvider Services => services;

    // The worker makes the class for every call.
    public override Task HandleAsync(HttpContext context) => new WebhookFunction(endpoint).RunAsync(context.Request, "stripe");

    // An event is one row of the book for itself and one for its delivery, two in the index, and a message.
    public override ValueTask<long> CountAsync() => new(Math.Min(Math.Min(tables.Book.Rows, tables.Index.Rows) / 2, bus.Sent));

    public override ValueTask DisposeAsync() => services.DisposeAsync();
}
