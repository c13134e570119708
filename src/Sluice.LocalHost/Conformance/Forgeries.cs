using Sluice.Providers;

namespace Sluice.LocalHost.Conformance;

/// <summary>Requests that look like the sender's and that it never made. What its own proof would let pass is none: a token says nothing of the body.</summary>
internal static class Forgeries
{
    /// <summary>Each with the event it is made of and what is wrong with it, in an order of the run's own.</summary>
    public static IReadOnlyList<Forgery> Of(PlayedSender sender, ScenarioRecord record)
    {
        var target = sender.Target;
        var verifier = target.Scheme.Prepare(target.Settings with { Secrets = target.Scheme.ChecksPublicKeys || target.Secret.Value is not { } secret ? target.Settings.Secrets : [new(secret)] }, []);
        var forgeries = new List<Forgery>();
        foreach (var (what, forge) in (IEnumerable<(string, Func<SentRequest, SentRequest, SentRequest?>)>)
        [
            ("with one byte of its body changed", (_, proven) => target.Scheme is JwtScheme ? null : proven with { Body = OtherByte(proven.Body, sender.Random) }),
            ("with one character of its signature changed", (unproven, proven) => Signed(unproven, proven, value => OtherText.Change(value, Place(value, sender.Random)))),
            ("with an empty signature", (unproven, proven) => Signed(unproven, proven, static _ => "")),
            ("without a signature", (unproven, _) => unproven),
            ("signed with another secret", (unproven, _) => OtherSecret.Of(target, unproven, sender.Now, sender.Random)?.Sign(unproven, target.Settings, sender.Now)),
        ])
        {
            var played = sender.NewEvent(record, isForged: true);
            var (unproven, proven) = (sender.Unproven(played), sender.Proven(played));
            if (forge(unproven, proven) is not { } forged || SentRequests.AreSame(forged, proven)) continue;
            if (verifier?.Verify(sender.EnvelopeOf(forged), sender.Now).IsValid != true) forgeries.Add(new(what, played, forged));
        }

        var mixed = forgeries.ToArray();
        sender.Random.Shuffle(mixed);
        return mixed;
    }

    // The header that carries the signature is the longest of those that came with the proof.
    private static SentRequest? Signed(SentRequest unproven, SentRequest proven, Func<string, string> change)
    {
        var own = proven.Headers.Where(header => !unproven.Headers.Contains(header)).ToList();
        if (own.Count == 0) return null;
        var signature = own.MaxBy(header => header.Value.Length);
        return proven with { Headers = [.. proven.Headers.Select(header => header.Equals(signature) ? KeyValuePair.Create(header.Key, change(header.Value)) : header)] };
    }

    // In the second half, before the last few: what stands first may be a prefix, and the end of base64 has bits that say nothing.
    private static int Place(string text, Random random)
    {
        var places = Enumerable.Range(0, text.Length).Where(i => char.IsAsciiLetterOrDigit(text[i]) && i >= text.Length / 2 && i < text.Length - 4).ToArray();
        return places.Length > 0 ? places[random.Next(places.Length)] : text.Length / 2;
    }

    // A letter or digit that is part of no escape: what is changed is still JSON, or a form, in most cases.
    private static byte[] OtherByte(ReadOnlyMemory<byte> body, Random random)
    {
        var bytes = body.ToArray();
        var places = Enumerable.Range(0, bytes.Length).Where(i => char.IsAsciiDigit((char)bytes[i]) && !IsEscaped(bytes, i)).ToArray();
        if (places.Length == 0) places = [.. Enumerable.Range(0, bytes.Length).Where(i => char.IsAsciiLetter((char)bytes[i]) && !IsEscaped(bytes, i))];
        var place = places[random.Next(places.Length)];
        bytes[place] = (byte)OtherText.Change((char)bytes[place]);
        return bytes;
    }

    private static bool IsEscaped(byte[] bytes, int at) => bytes.AsSpan(Math.Max(0, at - 5), Math.Min(at, 5)).IndexOfAny((byte)'\\', (byte)'%') >= 0;
}

/// <summary>A request that has to be refused.</summary>
/// <param name="What">What is wrong with it, behind "an event".</param>
internal sealed record Forgery(string What, PlayedEvent Event, SentRequest Request);
