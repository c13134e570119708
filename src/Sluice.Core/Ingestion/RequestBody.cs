using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Sluice.Ingestion;

/// <summary>
/// Reads a body into exactly its bytes. Until it is complete it stays in the server's own buffers, which hold only what has
/// arrived: a sender that announces much and sends little costs little. Then it is copied once.
/// </summary>
internal static class RequestBody
{
    /// <summary>The bytes, or null when there are more than <paramref name="limit"/>; announced lengths are refused unread.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit) return null;
        if (request.ContentLength == 0) return [];
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.Length > limit)
            {
                reader.AdvanceTo(buffer.End);
                return null;
            }

            if (read.IsCompleted || buffer.Length == request.ContentLength)
            {
                var bytes = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return bytes;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
