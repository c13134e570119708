using System.CommandLine;
using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Commands;

/// <summary>The options that stand everywhere.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Config = new("--config") { Description = "The configuration file [default: ./sluice.json]", HelpName = "FILE", Recursive = true };

    public static readonly Option<string> Data = new("--data")
    {
        Description = "The data folder", HelpName = "FOLDER", Recursive = true, DefaultValueFactory = _ => DataFolder.DefaultName,
    };

    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON: one array or object", Recursive = true };

    public static readonly Option<string?> Remote = new("--remote") { Description = "A running host to ask, with --token", HelpName = "URL" };

    public static readonly Option<string?> Token = new("--token") { Description = "The ops token of the host that --remote names", HelpName = "T" };

    public static readonly Option<bool> Yes = new("--yes") { Description = "Do not ask" };

    public static DataFolder Folder(ParseResult parsed) => new(parsed.GetValue(Data)!);
}
