using System.ComponentModel;
using System.Text.Json;
using Sluice.Contracts;

namespace Sluice.Functions.Tests.Infra;

/// <summary>Every bicep file of infra/bicep, read once by tests/bicep/read.mjs.</summary>
internal static class BicepFiles
{
    private static readonly Lazy<(IReadOnlyList<BicepFile> Files, string Missing)> Read = new(Run);

    /// <summary>All files. Skips the test, with the reason, where the reader cannot run.</summary>
    public static IReadOnlyList<BicepFile> All
    {
        get
        {
            Assert.SkipWhen(Read.Value.Missing.Length > 0, Read.Value.Missing);
            return Read.Value.Files;
        }
    }

    public static BicepFile Main => Named("main");

    public static BicepFile Named(string name) => All.Single(file => Path.GetFileNameWithoutExtension(file.File) == name);

    /// <summary>The file that a module of this file is.</summary>
    public static BicepFile Target(BicepFile caller, BicepModule module)
    {
        var path = Path.GetFullPath(module.Path, caller.Folder);
        return Assert.Single(All, file => file.File == path);
    }

    private static (IReadOnlyList<BicepFile> Files, string Missing) Run()
    {
        var folder = Checkout.PathOf("tests/bicep");
        if (!Directory.Exists(Path.Combine(folder, "node_modules"))) return ([], "the bicep grammar is not installed: run npm ci in tests/bicep");
        try
        {
            var node = ShortProcess.RunAsync(new("node", ["read.mjs", .. Checkout.Files("infra/bicep", "*.bicep")]) { WorkingDirectory = folder }).GetAwaiter().GetResult();
            if (node.ExitCode != 0) throw new InvalidOperationException($"read.mjs ended with {node.ExitCode}: {node.Error}");
            return ([.. node.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<BicepFile>(line, JsonSerializerOptions.Web)!)], "");
        }
        catch (Win32Exception e)
        {
            return ([], $"node cannot be started: {e.Message}");
        }
    }
}
