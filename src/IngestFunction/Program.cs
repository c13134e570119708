using Handlers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.AzureServices.Hosting;
using Sluice.Configuration;

try
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    // Each source has its own limit; this one only must not be smaller than any of them.
    builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = 8L * SourceSettings.LargestMaxBodyBytes);
    // For the answers among them: handlers run in the process app.
    builder.Services.AddUserHandlers();
    builder.Services.AddSingleton(TimeProvider.System).AddSingleton(Random.Shared).AddSluiceOnAzure(builder.Configuration, FunctionApp.Ingest);
    await builder.Build().RunAsync();
    return 0;
}
catch (AppSettingsException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
