using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sluice.Providers;

/// <summary>
/// What a signature is made over, written as a template of <c>{body}</c>, <c>{timestamp}</c>, <c>{id}</c>, <c>{method}</c>, <c>{url}</c> and literal text,
/// such as <c>v0:{timestamp}:{body}</c>.
/// </summary>
public sealed class SignedContent
{
    private SignedContent(string template, Part[] parts) => (Template, Parts) = (template, parts);

    public enum PartKind { Literal, Body, Timestamp, Id, Method, Url }

    public string Template { get; }

    public IReadOnlyList<Part> Parts { get; }

    public bool HasTimestamp => Parts.Any(part => part.Kind == PartKind.Timestamp);

    /// <summary>The URL as the source's <c>PublicUrl</c> gives it, with the query that was sent.</summary>
    public bool HasUrl => Parts.Any(part => part.Kind == PartKind.Url);

    public bool HasId => Parts.Any(part => part.Kind == PartKind.Id);

    /// <summary>Reads a template; <paramref name="error"/> says in one line what is wrong with it.</summary>
    public static bool TryParse(string template, [NotNullWhen(true)] out SignedContent? content, [NotNullWhen(false)] out string? error)
    {
        content = null;
        error = null;
        var parts = new List<Part>();
        for (var rest = template; rest.Length > 0;)
        {
            var open = rest.IndexOf('{', StringComparison.Ordinal);
            if (open != 0)
            {
                parts.Add(new Part(PartKind.Literal, Encoding.UTF8.GetBytes(open < 0 ? rest : rest[..open])));
                rest = open < 0 ? "" : rest[open..];
                continue;
            }

            var close = rest.IndexOf('}', StringComparison.Ordinal);
            PartKind? kind = close < 0 ? null : rest[1..close] switch
            {
                "body" => PartKind.Body,
                "timestamp" => PartKind.Timestamp,
                "id" => PartKind.Id,
                "method" => PartKind.Method,
                "url" => PartKind.Url,
                _ => null,
            };
            if (kind is null)
            {
                error = $"'{rest}' is no placeholder; use {{body}}, {{timestamp}}, {{id}}, {{method}} or {{url}}";
                return false;
            }

            parts.Add(new Part(kind.Value, []));
            rest = rest[(close + 1)..];
        }

        if (parts.Count(part => part.Kind == PartKind.Body) != 1)
        {
            error = "it must contain {body} once: a signature that does not cover the bytes proves nothing about them";
            return false;
        }

        content = new SignedContent(template, [.. parts]);
        return true;
    }

    /// <summary>The text itself. What is not there is left out.</summary>
    internal byte[] Write(in SignedParts signed)
    {
        var text = new System.Buffers.ArrayBufferWriter<byte>(signed.Body.Length + 256);
        foreach (var part in Parts)
        {
            switch (part.Kind)
            {
                case PartKind.Body: System.Buffers.BuffersExtensions.Write(text, signed.Body); break;
                case PartKind.Timestamp: Encoding.UTF8.GetBytes(signed.Timestamp, text); break;
                case PartKind.Id: Encoding.UTF8.GetBytes(signed.Id, text); break;
                case PartKind.Method: Encoding.UTF8.GetBytes(signed.Method, text); break;
                case PartKind.Url: Encoding.UTF8.GetBytes(signed.Url, text); break;
                default: System.Buffers.BuffersExtensions.Write(text, part.Literal); break;
            }
        }

        return text.WrittenSpan.ToArray();
    }

    public static SignedContent Parse(string template) =>
        TryParse(template, out var content, out var error) ? content : throw new FormatException(error);

    public readonly record struct Part(PartKind Kind, byte[] Literal);
}
