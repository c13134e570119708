using System.Text;

namespace Sluice.Contracts.Catalogue;

/// <summary>What the tests have to know of a provider that its code does not say.</summary>
public sealed record CatalogueEntry
{
    /// <summary>The keys of its sources: by the provider's name and a number, so that no two sources share one. Null where there are none.</summary>
    public Func<string, int, TestKeys>? Keys { get; init; } = TestKeys.Text;

    /// <summary>The setting that holds the key: a list with several while it is rotated, else one value.</summary>
    public string KeySetting { get; init; } = "Secrets:0";

    /// <summary>What its source needs beside the key.</summary>
    public (string Setting, string Value)[] Settings { get; init; } = [];

    /// <summary>What of a body the proof covers, as text; two bodies with the same text are one to it. Null when all bytes are.</summary>
    public Func<ReadOnlyMemory<byte>, string>? Covered { get; init; }

    /// <summary>Whether letters of the proof count in either case.</summary>
    public bool HasEitherCase { get; init; }

    /// <summary>Headers that come with the proof and are no part of it.</summary>
    public string[] Unproven { get; init; } = [];

    /// <summary>Whether a source without a key is one all the same: its keys lie at the sender's.</summary>
    public bool FetchesKeys { get; init; }

    /// <summary>Whether there is nothing that a stranger could not send too.</summary>
    public bool ProvesNothing { get; init; }

    /// <summary>Whether the proof says itself how long it holds: the tolerance is only about clocks.</summary>
    public bool HasExpiry { get; init; }

    /// <summary>Whether its events have an id of their own; those without are known by their bytes.</summary>
    public bool HasId { get; init; } = true;

    /// <summary>Whether its events have a type; the others are of type <c>unknown</c>.</summary>
    public bool HasType { get; init; } = true;

    /// <summary>Why it is not played by the tests that walk every provider; its own tests have to do it all.</summary>
    public string? OnItsOwn { get; init; }

    /// <summary>Whether the proof tells these two bodies apart.</summary>
    public bool Covers(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> other) =>
        Covered is null ? !body.Span.SequenceEqual(other.Span) : Covered(body) != Covered(other);

    /// <summary>Covers nothing of the body: the secret itself is sent.</summary>
    public static string Nothing(ReadOnlyMemory<byte> body) => "";

    /// <summary>Covers the fields of a form, in any order and however they are escaped.</summary>
    public static string Form(ReadOnlyMemory<byte> body) => string.Join('\n', Encoding.Latin1.GetString(body.Span).Split('&')
        .Select(pair => Convert.ToHexString(Unescaped(pair))).Order(StringComparer.Ordinal));

    // Byte by byte: bytes that are no UTF-8 stay apart.
    private static byte[] Unescaped(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            var isEscape = text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]);
            bytes.Add(isEscape ? Convert.ToByte(text.Substring(i + 1, 2), 16) : text[i] == '+' ? (byte)' ' : (byte)text[i]);
            if (isEscape) i += 2;
        }

        return [.. bytes];
    }
}
