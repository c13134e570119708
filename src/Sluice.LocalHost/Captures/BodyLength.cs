using System.Globalization;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.LocalHost.Captures;

/// <summary>Whether a captured body is as long as its request says: where not, the bytes are not the ones that were sent.</summary>
internal static class BodyLength
{
    public static string TooLarge { get; } = string.Create(CultureInfo.InvariantCulture, $"has a body larger than {SourceSettings.LargestMaxBodyBytes / 1024 / 1024} MiB, which no source takes");

    /// <summary>The length that the headers announce; null where they do not, or not as one number.</summary>
    public static long? Announced(HeaderList headers) =>
        long.TryParse(headers.Single("Content-Length", out _), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

    /// <summary>The body without the line end that an editor puts behind a file's last line; what does not fit is told.</summary>
    public static ReadOnlyMemory<byte> Check(HeaderList headers, ReadOnlyMemory<byte> body, ICollection<string> remarks)
    {
        if (Announced(headers) is not { } announced)
        {
            if (headers.First("Content-Length") is not null) remarks.Add("Content-Length is not one number, so that nobody knows whether the body is whole");
            return body;
        }

        if (body.Length == announced) return body;
        if (body.Length > announced && body.Span[(int)announced..] is [(byte)'\n'] or [(byte)'\r', (byte)'\n'])
        {
            remarks.Add("the line end behind the body is not part of it, as Content-Length says: it is left out");
            return body[..(int)announced];
        }

        remarks.Add(string.Create(CultureInfo.InvariantCulture, $"Content-Length says {announced} bytes and the body has {body.Length}: {(body.Length < announced ? "it is cut off, or was changed on its way into the file" : "it was changed on its way into the file")}"));
        return body;
    }
}
