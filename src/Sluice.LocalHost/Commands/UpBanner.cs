using System.Text.Json.Serialization;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.LocalHost.Hosting;
using Sluice.Storage;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>What <c>sluice up</c> says when it listens: where, of what, and a next step that works when pasted.</summary>
internal static class UpBanner
{
    public static async Task PrintAsync(ICollection<string> urls, SluiceConfiguration configuration, Learning learning, DataFolder data, ConfigurationFile file, bool json)
    {
        var destinations = configuration.Destinations.Where(destination => destination.Standing.State != DestinationState.Removed).ToList();
        if (json)
        {
            Output.Json(new Up(urls.First(), data.Path, file.Path, [.. configuration.Sources.Select(source => source.Name)], [.. destinations.Select(destination => destination.Name)]), UpJson.Default.Up);
            return;
        }

        Say("Sluice is up", string.Join(", ", urls), "");
        foreach (var source in configuration.Sources) Say("source", $"{urls.First()}/api/webhooks/{source.Name}", $"({source.Provider.Name}{(source.Learns ? await HasLearnedAsync(learning, source) ? ", has learned its secret" : ", learns its secret from the sender's first handshake" : "")})");
        foreach (var destination in destinations.Where(destination => !destination.Settings.IsRegistered)) Say("destination", destination.Name, $"({destination.Settings.Handler}{Rests(destination)})");
        // There may be a thousand of them.
        if (destinations.Count(destination => destination.Settings.IsRegistered) is > 0 and var registered) Say("destination", $"{registered} registered", $"({Resting(destinations)}sluice destination list)");
        Say("data", data.Path, "");
        Say("settings", file.Path ?? "the environment", file.IsDemo ? "(made for you, with secrets of its own)" : "");
        if (configuration.Sources is not [var first, ..]) return;

        var sample = configuration.TryGetSource("stripe", out var stripe) ? stripe : first;
        Console.Out.WriteLine();
        Console.Out.WriteLine("Next, in another terminal: send yourself a signed webhook, then look at it");
        Console.Out.WriteLine($"  {Invocation(data, file)} send {sample.Provider.Name}{(sample.Name == sample.Provider.Name ? "" : $" --source {sample.Name}")}");
        Console.Out.WriteLine($"  {Invocation(data, file)} events");
    }

    private static string Rests(Destination destination) =>
        destination.Standing.State == DestinationState.Active ? "" : $", {destination.Standing.State.ToString().ToLowerInvariant()}{(destination.Standing.Reason is { } reason ? $": {SafeText.OneLine(reason)}" : "")}";

    private static string Resting(IEnumerable<Destination> destinations) =>
        destinations.Count(destination => destination.Settings.IsRegistered && destination.Standing.State != DestinationState.Active) is > 0 and var resting ? $"{resting} of them paused or disabled: " : "";

    private static async Task<bool> HasLearnedAsync(Learning learning, Source source)
    {
        try
        {
            return await learning.VerifierAsync(source) is not null;
        }
        catch (StoreUnavailableException)
        {
            // What is away for a moment stops no start.
            return false;
        }
    }

    // Colours only for a terminal: a start whose output goes elsewhere does not pay for loading them.
    private static void Say(string label, string value, string note)
    {
        if (Console.IsOutputRedirected) Console.Out.WriteLine($"{label,-12} {value} {note}".TrimEnd());
        else Output.Person.MarkupLine($"[bold]{Markup.Escape(label),-12}[/] [blue]{Markup.Escape(value)}[/] {Markup.Escape(note)}");
    }

    // How this process was started: from a checkout, or as the installed tool. Folders are named where they are not the default ones.
    private static string Invocation(DataFolder data, ConfigurationFile file)
    {
        var command = "sluice";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var project = Path.Combine(folder.FullName, "src", "Sluice.LocalHost");
            if (!File.Exists(Path.Combine(project, "Sluice.LocalHost.csproj"))) continue;
            command = $"dotnet run --project {Quoted(Path.GetRelativePath(Directory.GetCurrentDirectory(), project))} --";
            break;
        }

        if (data.Path != Path.GetFullPath(DataFolder.DefaultName)) command += $" --data {Quoted(data.Path)}";
        if (!file.IsDemo && file.Path is not null && file.Path != Path.GetFullPath(ConfigurationFile.DefaultName)) command += $" --config {Quoted(file.Path)}";
        return command;
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}

internal sealed record Up(string Url, string Data, string? Config, IReadOnlyList<string> Sources, IReadOnlyList<string> Destinations);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Up))]
internal sealed partial class UpJson : JsonSerializerContext;
