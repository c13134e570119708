using System.Text.Json.Serialization;
using Sluice.Configuration;
using Sluice.LocalHost.Hosting;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>What <c>sluice up</c> says when it listens: where, of what, and a next step that works when pasted.</summary>
internal static class UpBanner
{
    public static void Print(ICollection<string> urls, SluiceConfiguration configuration, DataFolder data, ConfigurationFile file, bool json)
    {
        if (json)
        {
            Output.Json(new Up(urls.First(), data.Path, file.Path, [.. configuration.Sources.Select(source => source.Name)], [.. configuration.Destinations.Select(destination => destination.Name)]), UpJson.Default.Up);
            return;
        }

        var console = Output.Person;
        console.MarkupLine($"[bold]Sluice is up[/] at [blue]{Markup.Escape(string.Join(", ", urls))}[/]");
        foreach (var source in configuration.Sources)
            console.MarkupLine($"  source       [blue]{urls.First()}/api/webhooks/{source.Name}[/]  ({Markup.Escape(source.Provider.Name)})");
        foreach (var destination in configuration.Destinations)
            console.MarkupLine($"  destination  {destination.Name}  ({Markup.Escape(destination.Handler.Name)})");
        console.MarkupLine($"  data         {Markup.Escape(data.Path)}");
        console.MarkupLine($"  settings     {Markup.Escape(file.Path ?? "the environment")}{(file.IsDemo ? "  (made for you, with secrets of its own)" : "")}");
        if (configuration.Sources.FirstOrDefault() is not { } first) return;

        console.WriteLine();
        console.MarkupLine("Next, in another terminal: send yourself a signed webhook, then look at it");
        var sample = configuration.TryGetSource("stripe", out var stripe) ? stripe : first;
        // Without markup and without wrapping: this is for pasting.
        Console.Out.WriteLine($"  {Invocation(data, file)} send {sample.Provider.Name}{(sample.Name == sample.Provider.Name ? "" : $" --source {sample.Name}")}");
        Console.Out.WriteLine($"  {Invocation(data, file)} events");
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
