using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Handlers;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;
using Sluice.Storage;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice config check</c>: every fault of the configuration, each in one line.</summary>
internal sealed class ConfigCommand : Command
{
    public ConfigCommand() : base("config", "The configuration")
    {
        var check = new Command("check", "Says what is wrong with the configuration, all of it at once");
        check.SetAction(Check);
        Add(check);
    }

    private static int Check(ParseResult parsed)
    {
        var data = CommonOptions.Folder(parsed);
        var file = ConfigurationFile.Find(parsed.GetValue(CommonOptions.Config), data);
        if (file.IsDemo && !File.Exists(file.Path)) throw new CommandException($"there is no {ConfigurationFile.DefaultName} here and no demo in {data.Path}; name a file with --config");

        using var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.None))
            .AddSingleton(TimeProvider.System).AddSluiceHandlers().AddUserHandlers().BuildServiceProvider();
        var errors = new List<ConfigurationError>();
        var configuration = file.Read(services.GetRequiredService<HandlerCatalog>(), errors);
        foreach (var destination in configuration.Destinations.Where(destination => destination.Settings.Signer?.IsUsable(TimeProvider.System.GetUtcNow()) == false))
            errors.Add(new($"Sluice:Destinations:{destination.Name}:SignSecrets", "has none that is valid now, and nothing is sent unsigned; add one, or look at NotBefore and NotAfter"));
        if (parsed.GetValue(CommonOptions.Json)) Output.Json([.. errors.Select(error => error.ToString())], OpsJson.Default.IReadOnlyListString);
        else if (errors.Count == 0)
        {
            Output.Person.WriteLine($"{file.Path ?? "The environment"} is fine: {Output.Count(configuration.Sources.Count, "source")}, {Output.Count(configuration.Destinations.Count, "destination")}.");
            foreach (var source in configuration.Sources.Where(source => source.Learns)) Output.Person.WriteLine($"{source.Name} has no secret and learns its sender's from the first handshake.");
            if (configuration.Window is { Because: { } because } window)
                Output.Person.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Events are kept for {window.Length.TotalDays:0.#} days, longer than Retention says: {because.Provider.Facts.Title} ({because.Name}) may send one again for {(window.Length - DedupeWindow.Margin).TotalDays:0.#}."));
        }
        else foreach (var error in errors) Console.Error.WriteLine($"sluice: {error}");
        return errors.Count == 0 ? 0 : 1;
    }
}
