using System.Security.Cryptography;
using Sluice.LocalHost.Hosting;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary>The question that a sender asks its receiver, on its way, and what a Sluice with the same secret answers to it.</summary>
/// <param name="Expected">Null where that takes a secret that nobody has named.</param>
internal sealed record SendQuestion(SentRequest Request, Answer? Expected)
{
    /// <param name="verifyToken">What it shows instead of the source's own.</param>
    /// <returns>Null where this sender asks nothing.</returns>
    /// <exception cref="CommandException">A token or a secret is missing, or is not for this receiver.</exception>
    public static SendQuestion? Of(SendTarget sender, SendReceiver receiver, string? verifyToken)
    {
        var (provider, known) = (sender.Provider, sender.Settings.PublicUrl ?? receiver.Url);
        var settings = sender.Settings with { VerifyToken = verifyToken ?? sender.Settings.VerifyToken, Secrets = [new(Brought(sender))] };
        if (provider.CreateHandshake(known, settings) is not { } question) return null;
        CheckToken(sender, receiver, verifyToken, isShown: provider.CreateHandshake(known, settings with { VerifyToken = $"{settings.VerifyToken}-" })!.Url != question.Url);

        var now = TimeProvider.System.GetUtcNow();
        var asked = question.IsSigned ? sender.Secret.Sign(question, sender.Settings, now) : question;
        var envelope = SendRequest.EnvelopeOf(sender, asked, now);
        var answering = settings with { Secrets = sender.Secret.Value is { Length: > 0 } secret ? [new(secret)] : provider.OffersSecret ? settings.Secrets : [] };
        return new(SendRequest.Towards(sender, receiver.Url, asked), provider.Greet(envelope, answering) ?? provider.Handshake(envelope, answering));
    }

    private static void CheckToken(SendTarget sender, SendReceiver receiver, string? given, bool isShown)
    {
        var name = sender.Provider.Name;
        if (!isShown && given is not null) throw new CommandException($"--verify-token means nothing to {name}, which shows none; leave it out");
        if (!isShown || given is not null) return;
        if (sender.Settings.VerifyToken is null) throw new CommandException($"{name} shows a verify token when it asks: name it with --verify-token, or as VerifyToken of its source");
        if (!receiver.IsOwn) throw new CommandException($"{name} shows a verify token when it asks, and the configured one of {sender.Settings.Name} is not for {receiver.Url.Authority}: name one with --verify-token");
    }

    // A question that brings a secret (Asana's) teaches it to a source that has none: that has to be one its user knows. To any other source it
    // brings one that nobody can guess, since the answer is printed.
    private static string Brought(SendTarget sender) => sender.Provider.OffersSecret && sender.Settings.Secrets.Count == 0
        ? sender.Secret.Value ?? throw new CommandException($"{sender.Settings.Name} would learn a secret that nobody knows; choose one with --secret, and send events with the same")
        : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
