using System.Text.RegularExpressions;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>A command at a terminal of its own, as a person sees it: by script(1), where that is there.</summary>
internal static partial class Terminal
{
    private static readonly Lazy<bool> Works = new(() => OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"));

    public static void SkipWhereMissing() => Assert.SkipUnless(Works.Value, "script is not there: apt-get install bsdutils");

    /// <summary>The lines that a terminal of that width shows, without their colours.</summary>
    public static async Task<string[]> LinesAsync(WorkFolder folder, int width, params string[] arguments)
    {
        var command = SluiceProgram.Command(folder.Path, [.. arguments, "--config", folder.Config, "--data", folder.Data]);
        var line = string.Join(' ', command.ArgumentList.Prepend(command.FileName).Select(word => $"'{word}'"));
        var start = SluiceProgram.Command(folder.Path, []);
        start.FileName = "/usr/bin/script";
        start.ArgumentList.Clear();
        foreach (var word in (string[])["-qec", $"stty cols {width} rows 24; {line}", "/dev/null"]) start.ArgumentList.Add(word);
        start.Environment["TERM"] = "xterm";
        var shown = Escapes().Replace((await SluiceProgram.RunAsync(start)).Success, "");
        return [.. shown.Split('\n').Select(one => one.TrimEnd()).Where(one => one.Length > 0)];
    }

    [GeneratedRegex(@"\x1B(\[[0-9;?]*[A-Za-z]|[=>])")]
    private static partial Regex Escapes();
}
