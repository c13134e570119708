using System.Text;

namespace Sluice.Configuration;

/// <summary>Reads what a destination asks of whoever calls it: <c>"Bearer": "env:TOKEN"</c>, or <c>"Basic": { "User": "sluice", "Password": "env:PASSWORD" }</c>.</summary>
internal static class CredentialReader
{
    private const string Authorization = "Authorization";
    private const int Longest = 4 * 1024;

    /// <summary>The destination's own headers, with the one that the credential makes.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(SectionReader destination, SecretResolver secrets, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var bearer = ReadBearer(destination, secrets);
        var basic = ReadBasic(destination, secrets);
        if (bearer is not null && basic is not null) destination.Fault("Basic", "is set beside Bearer; a request has one of the two, so remove the other");
        if ((bearer ?? basic) is not { } value) return headers;
        if (headers.Any(header => header.Key.Equals(Authorization, StringComparison.OrdinalIgnoreCase))) destination.Fault(bearer is null ? "Basic" : "Bearer", "is set beside Headers:Authorization; remove one of the two");
        return [.. headers, new(Authorization, value)];
    }

    private static string? ReadBearer(SectionReader destination, SecretResolver secrets)
    {
        if (destination.Section("Bearer").GetChildren().Any()) destination.Fault("Bearer", "is no text; write the token, such as env:BILLING_TOKEN");
        if (destination.Text("Bearer") is not { } text) return null;
        var token = secrets.Resolve(text, out var error);
        if (error is null && (token is not { Length: > 0 and <= Longest } || token.AsSpan().ContainsAnyExceptInRange('!', '~'))) error = $"is empty, longer than {Longest} characters or has white space or letters beyond ASCII; write the token without the word Bearer";
        if (error is null) return $"Bearer {token}";
        destination.Fault("Bearer", error);
        return null;
    }

    private static string? ReadBasic(SectionReader destination, SecretResolver secrets)
    {
        var section = destination.Section("Basic");
        if (section.Value is { Length: > 0 }) destination.Fault("Basic", "is a text; write { \"User\": \"sluice\", \"Password\": \"env:PASSWORD\" }");
        if (!section.GetChildren().Any()) return null;
        var reader = destination.Inside(section);
        var user = ReadPart(reader, "User", secrets);
        var password = ReadPart(reader, "Password", secrets);
        if (user?.Contains(':', StringComparison.Ordinal) == true) reader.Fault("User", "has a colon, which ends a user's name; choose another");
        reader.Rest([]);
        return user is null || password is null ? null : $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";
    }

    private static string? ReadPart(SectionReader reader, string key, SecretResolver secrets)
    {
        if (reader.Required(key, "basic credentials have User and Password") is not { Length: > 0 } text) return null;
        var value = secrets.Resolve(text, out var error);
        if (error is null && (value is not { Length: > 0 and <= Longest } || !Events.SafeText.IsPlain(value))) error = $"is empty, of several lines or longer than {Longest} characters; write what the destination asks for in one line";
        if (error is null) return value;
        reader.Fault(key, error);
        return null;
    }
}
