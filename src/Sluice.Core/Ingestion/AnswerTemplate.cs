using System.Text;
using System.Text.Encodings.Web;
using Microsoft.Net.Http.Headers;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Ingestion;

/// <summary>
/// A source's own success answer, written down: text with <c>{id}</c>, <c>{type}</c> <c>{json:path/to/it}</c> and <c>{form:field}</c>,
/// whose values are escaped for what the answer is (JSON or XML) and bounded. Other braces stand for themselves.
/// </summary>
public sealed class AnswerTemplate
{
    public const int LongestBody = 16 * 1024;

    /// <summary>As long as the answer itself may become; what does not fit is left out.</summary>
    public const int LongestAnswer = 64 * 1024;

    private const int LongestValue = 1000;

    private readonly List<Part> parts;
    private readonly TextEncoder? encoder;

    private AnswerTemplate(int status, string contentType, List<Part> parts)
    {
        (Status, ContentType, this.parts) = (status, contentType, parts);
        var type = MediaTypes.Bare(contentType);
        encoder = type.EndsWith("json", StringComparison.OrdinalIgnoreCase) ? JavaScriptEncoder.Default
            : type.EndsWith("xml", StringComparison.OrdinalIgnoreCase) || type.EndsWith("html", StringComparison.OrdinalIgnoreCase) ? HtmlEncoder.Default
            : null;
    }

    public int Status { get; }

    public string ContentType { get; }

    /// <summary>Reads a template; what is wrong with it goes to <paramref name="fault"/> as the setting's name and one line with the fix.</summary>
    public static AnswerTemplate? Parse(string body, string contentType, int status, Action<string, string> fault)
    {
        var isFine = true;
        if (body.Length > LongestBody) Say("Body", $"is longer than {LongestBody} characters; a sender that waits needs a short answer");
        if (!MediaTypeHeaderValue.TryParse(contentType, out var parsed) || contentType.AsSpan().ContainsAnyExceptInRange(' ', '~') || parsed.MatchesAllTypes) Say("ContentType", "is no type; write one such as application/json");
        var parts = new List<Part>();
        var text = new StringBuilder();
        for (var i = 0; i < body.Length;)
        {
            var rest = body.AsSpan(i);
            if (Placeholder(rest) is not { } found)
            {
                text.Append(body[i++]);
                continue;
            }

            if (found.Length == 0)
            {
                Say("Body", "has a {json: or {form: without a name and its }; write one such as {json:data/name}");
                break;
            }

            if (text.Length > 0) parts.Add(new(PartKind.Text, text.ToString(), []));
            text.Clear();
            parts.Add(found.Part);
            i += found.Length;
        }

        if (text.Length > 0) parts.Add(new(PartKind.Text, text.ToString(), []));
        return isFine ? new(status, contentType, parts) : null;

        void Say(string setting, string error)
        {
            isFine = false;
            fault(setting, error);
        }
    }

    /// <summary>The answer to one event; never throws.</summary>
    public Answer Fill(EventId id, WebhookEvent webhook)
    {
        var text = new StringBuilder();
        // In characters, of which each becomes three bytes at most. What was written down is there in any case.
        var left = (LongestAnswer / 4) - parts.Sum(part => part.Kind == PartKind.Form ? 0 : part.Text.Length);
        foreach (var part in parts)
        {
            var value = part.Kind switch
            {
                PartKind.Text => part.Text,
                PartKind.Id => id.ToString(),
                PartKind.Type => Escaped(webhook.Type),
                PartKind.Form => Escaped(FormBody.Single(webhook.Body.Span, part.Text) ?? ""),
                _ => Escaped(JsonAt.Text(webhook.Body.Span, part.Path) ?? ""),
            };
            if (part.Kind == PartKind.Text)
            {
                text.Append(value);
            }
            else if (value.Length <= left)
            {
                text.Append(value);
                left -= value.Length;
            }
        }

        return new(Status, ContentType, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private string Escaped(string value)
    {
        var safe = SafeText.OneLine(value, LongestValue);
        return encoder is null ? safe : encoder.Encode(safe);
    }

    private static (Part Part, int Length)? Placeholder(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("{id}")) return (new(PartKind.Id, "", []), 4);
        if (text.StartsWith("{type}")) return (new(PartKind.Type, "", []), 6);
        var isForm = text.StartsWith("{form:");
        if (!isForm && !text.StartsWith("{json:")) return null;
        var end = text.IndexOf('}');
        var name = end < 0 ? "" : text["{json:".Length..end].ToString();
        return name.Length == 0 ? (default, 0) : (isForm ? new(PartKind.Form, name, []) : new(PartKind.Json, "", name.Split('/')), end + 1);
    }

    private enum PartKind { Text, Id, Type, Json, Form }

    private readonly record struct Part(PartKind Kind, string Text, string[] Path);
}
