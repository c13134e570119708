using Handlers;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice;
using Sluice.AzureServices.Hosting;

try
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.Services.AddSluiceHandlers();
    builder.Services.AddUserHandlers();
    builder.Services.AddSingleton(TimeProvider.System).AddSingleton(Random.Shared).AddSluiceOnAzure(builder.Configuration, FunctionApp.Process);
    await builder.Build().RunAsync();
    return 0;
}
catch (AppSettingsException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
