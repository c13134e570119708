using System.Runtime.CompilerServices;

namespace Sluice.Contracts;

/// <summary>The files of the checkout that these tests were built from.</summary>
public static class Checkout
{
    public static string Root { get; } = Path.GetFullPath("../..", Path.GetDirectoryName(ThisFile())!);

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
