namespace Sluice.Configuration;

/// <summary>Turns <c>env:NAME</c> and <c>file:PATH</c> into what they stand for; anything else stands for itself.</summary>
public sealed class SecretResolver(Func<string, string?> environment, string baseFolder)
{
    private const int LargestFile = 64 * 1024;

    // What Azure leaves in an app setting when it could not read the vault.
    private const string VaultReference = "@Microsoft.KeyVault(";

    private readonly Dictionary<string, string> files = [];
    private readonly bool takesReferences = true;

    private SecretResolver() : this(static _ => null, ".") => takesReferences = false;

    /// <summary>Takes the secrets themselves only: whoever registers a destination must not read this machine's environment and files.</summary>
    public static SecretResolver Literal { get; } = new();

    /// <summary>The files that were read or looked for, each as it was just before: a change of one is a change of the configuration.</summary>
    public IReadOnlyDictionary<string, string> Files => files;

    /// <summary>A file's time and size, by which a change is noticed.</summary>
    public static string Stamp(string path) => new FileInfo(path) is { Exists: true } file ? $"{file.LastWriteTimeUtc.Ticks}:{file.Length}" : "";

    /// <summary>The value, or null with an error that says what is missing. A file's last line end is not part of its secret.</summary>
    public string? Resolve(string text, out string? error)
    {
        error = null;
        if (text.StartsWith(VaultReference, StringComparison.OrdinalIgnoreCase))
        {
            error = "is a Key Vault reference that did not resolve; store the secret in the vault, and let this app's identity read it and stand in keyVaultReferenceIdentity";
            return null;
        }

        if (!takesReferences && (text.StartsWith("env:", StringComparison.Ordinal) || text.StartsWith("file:", StringComparison.Ordinal)))
        {
            error = "names a place on this machine, which only the configuration may; write the secret itself";
            return null;
        }

        if (text.StartsWith("env:", StringComparison.Ordinal))
        {
            var name = text[4..];
            if (environment(name) is { Length: > 0 } value) return value;
            error = $"names the environment variable {name}, which is not set or empty; set it";
            return null;
        }

        if (!text.StartsWith("file:", StringComparison.Ordinal)) return text;
        var path = text[5..];
        try
        {
            path = Path.GetFullPath(path, baseFolder);
            files[path] = Stamp(path);
            if (new FileInfo(path).Length > LargestFile)
            {
                error = $"names the file {path}, which is larger than 64 KiB; a secret is not";
                return null;
            }

            var content = File.ReadAllText(path);
            return content.EndsWith("\r\n", StringComparison.Ordinal) ? content[..^2] : content.EndsWith('\n') ? content[..^1] : content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = $"names the file {path}, which cannot be read ({e.Message})";
            return null;
        }
    }
}
