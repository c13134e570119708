using System.Text.Json.Nodes;
using Sluice.Configuration;
using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Commands;

/// <summary>
/// Secrets of a destination as an operator gives them: themselves, <c>-</c> for a line of standard input, <c>env:NAME</c> or <c>file:PATH</c>. Read here,
/// on the operator's own machine: the host that is asked never looks into its own environment or files for them.
/// </summary>
internal sealed class GivenSecrets(TextReader input)
{
    private readonly SecretResolver resolver = new(Environment.GetEnvironmentVariable, Directory.GetCurrentDirectory());

    /// <exception cref="CommandException">What it names cannot be read.</exception>
    public string Read(string what, string given)
    {
        if (given == "-") return input.ReadLine() is { Length: > 0 } line ? line : throw new CommandException($"{what} is to come from standard input, which has no line for it");
        return resolver.Resolve(given, out var error) ?? throw new CommandException($"{what} {error}");
    }

    /// <summary>Puts in place of each secret in the settings what it stands for.</summary>
    public void ReadAll(JsonObject settings)
    {
        if (Named(settings, "SignSecrets") is JsonArray secrets)
        {
            for (var i = 0; i < secrets.Count; i++)
            {
                if (Text(secrets[i]) is { } text) secrets[i] = Read("SignSecrets", text);
                else if (secrets[i] is JsonObject dated) ReadNamed(dated, "Value");
            }
        }

        ReadNamed(settings, "Bearer");
        if (Named(settings, "Basic") is JsonObject basic)
        {
            ReadNamed(basic, "User");
            ReadNamed(basic, "Password");
        }

        if (Named(settings, "Headers") is not JsonObject headers) return;
        foreach (var name in headers.Select(header => header.Key).ToList()) ReadNamed(headers, name);
    }

    private void ReadNamed(JsonObject inside, string name)
    {
        if (inside.Select(pair => pair.Key).FirstOrDefault(one => one.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } key && Text(inside[key]) is { } text) inside[key] = Read(name, text);
    }

    private static JsonNode? Named(JsonObject settings, string name) => settings.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static string? Text(JsonNode? value) => value is JsonValue one && one.TryGetValue<string>(out var text) ? text : null;
}
