using System.CommandLine;
using Sluice.Configuration;
using Sluice.LocalHost.Hosting;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary>What <c>sluice send</c> signs with: what was given, else the source's secret. A source that has only a public key cannot lend one.</summary>
/// <param name="Missing">Why there is none; said only when something has to be signed.</param>
internal sealed record SendSecret(SignatureScheme Scheme, string? Value, string Missing)
{
    private const string PrivateKeyForm = "write it in PEM, or an Ed25519 seed in hex or base64; file:PATH reads it from a file";

    /// <param name="given">As in the configuration: the secret itself, <c>env:NAME</c> or <c>file:PATH</c>.</param>
    /// <param name="receiver">Who is shown what a sender shows: a configured secret is for the Sluice that has it.</param>
    public static SendSecret Find(SignatureScheme scheme, SourceSettings settings, string? given, ConfigurationFile file, SendReceiver receiver)
    {
        if (given is not null) return new(scheme, Resolve("--secret", given), "");
        var now = TimeProvider.System.GetUtcNow();
        if (settings.Secrets.FirstOrDefault(item => !(now < item.NotBefore) && !(now >= item.NotAfter)) is { } known)
        {
            return receiver.IsOwn || !scheme.ShowsSecret
                ? new(scheme, known.Value, "")
                : new(scheme, null, $"{settings.Provider} shows its secret, or a token made with it, to whom it calls, and the configured one of {settings.Name} is not for {receiver.Url.Authority}: name one with --secret");
        }

        if (scheme.ChecksPublicKeys) return new(scheme, null, $"{settings.Provider} signs with a private key, and a source has only the public one: give the private key with --secret ({PrivateKeyForm})");
        // Some senders prove nothing, and need nothing for it.
        var isNeeded = scheme.Prepare(settings with { Secrets = [] }, []) is null;
        return new(scheme, isNeeded ? null : "", $"there is no secret for {settings.Name} in {file.Path ?? "the environment"}; give one with --secret");
    }

    /// <summary>What an option names, itself or by <c>env:NAME</c> or <c>file:PATH</c>; null where it says nothing.</summary>
    /// <exception cref="CommandException">What it names cannot be read.</exception>
    public static string? Resolve(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } given ? Resolve(option.Name, given) : null;

    private static string Resolve(string option, string given) =>
        new SecretResolver(Environment.GetEnvironmentVariable, Directory.GetCurrentDirectory()).Resolve(given, out var error) ?? throw new CommandException($"{option} {error}");

    /// <exception cref="CommandException">There is no secret, or it cannot be read.</exception>
    public SentRequest Sign(SentRequest request, SourceSettings settings, DateTimeOffset at)
    {
        try
        {
            return Scheme.Sign(request, settings, Value ?? throw new CommandException(Missing), at);
        }
        catch (FormatException e)
        {
            throw new CommandException(Scheme.ChecksPublicKeys ? $"the private key {e.Message} ({PrivateKeyForm})" : $"the secret {e.Message}");
        }
    }

    public override string ToString() => nameof(SendSecret);
}
