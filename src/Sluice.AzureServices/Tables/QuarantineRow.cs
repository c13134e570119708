using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Text;
using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Providers;
using Sluice.Quarantine;

namespace Sluice.AzureServices.Tables;

/// <summary>A refused request as one entity, in the partition of its source. Its key is its id: they sort as their requests were received.</summary>
internal static class QuarantineRow
{
    /// <summary>What one entity holds beside headers and the rest: eleven pieces of 64 KiB, as stored.</summary>
    private const int LargestBody = 11 * 64 * 1024;

    /// <summary>Four pieces of 64 KiB; hosts take fewer.</summary>
    private const int LargestHead = 4 * 64 * 1024;

    /// <summary>Everything but the request.</summary>
    public static readonly string[] WithoutRequest = ["PartitionKey", "RowKey", "ReceivedAt", "Result", "Finding", "Address", "BodyBytes", "Size"];

    private const int Piece = 64 * 1024;
    private const int CompressAbove = 32 * 1024;

    public static string Key(RejectionId id) => $"r-{id}";

    /// <summary>The entity, or null where the request is larger than one holds.</summary>
    public static TableEntity? Of(Rejection rejection, KeptRequest? request)
    {
        var entity = new TableEntity(rejection.Source, Key(rejection.Id))
        {
            ["ReceivedAt"] = rejection.ReceivedAt, ["Result"] = rejection.Result.ToString(), ["BodyBytes"] = rejection.BodyBytes,
        };
        if (rejection.Finding is not null) entity["Finding"] = rejection.Finding;
        if (rejection.RemoteAddress is not null) entity["Address"] = rejection.RemoteAddress.ToString();
        if (request is null) return entity;
        var head = Encoding.UTF8.GetBytes($"{request.Target}\n{request.Headers.Encode()}");
        if (head.Length > LargestHead || Compress(request.Body, out var encoding) is not { } stored) return null;
        entity["Size"] = request.Bytes;
        if (encoding is not null) entity["BodyEncoding"] = encoding;
        EventRow.Cut(head, "H", entity);
        EventRow.Cut(stored, "B", entity);
        return entity;
    }

    /// <summary>What its bytes count in a transaction.</summary>
    public static long StoredBytes(TableEntity entity) => entity.Keys.Sum(key => entity[key] is byte[] bytes ? bytes.Length : 0L);

    public static RejectionId Id(ITableEntity entity) => RejectionId.TryParse(entity.RowKey[2..], out var id) ? id : throw new FormatException($"'{entity.RowKey}' is no refused request");

    /// <summary>The rejection, without its request.</summary>
    public static Rejection Read(TableEntity entity) => new()
    {
        Id = Id(entity),
        Source = entity.PartitionKey, ReceivedAt = entity.GetDateTimeOffset("ReceivedAt")!.Value, BodyBytes = entity.GetInt32("BodyBytes")!.Value,
        // A name of a newer build's is shown as the plainest one.
        Result = Enum.TryParse<SignatureResult>(entity.GetString("Result"), out var result) ? result : SignatureResult.Mismatch,
        Finding = entity.GetString("Finding"), RemoteAddress = IPAddress.TryParse(entity.GetString("Address"), out var address) ? address : null, IsKept = entity.GetInt64("Size") is not null,
    };

    /// <summary>The rejection, with its request where it is kept.</summary>
    public static Rejection ReadWhole(TableEntity entity)
    {
        var rejection = Read(entity);
        if (!rejection.IsKept) return rejection;
        var head = Encoding.UTF8.GetString(EventRow.Join([entity], "H")).Split('\n', 2);
        return rejection with { Request = new(head[0], HeaderList.Decode(head[1]), Body(entity, rejection.BodyBytes)) };
    }

    // Piece by piece, and no further than one entity goes: a stranger's noise of many megabytes costs no more than one of these.
    private static ReadOnlyMemory<byte>? Compress(ReadOnlyMemory<byte> body, out string? encoding)
    {
        encoding = null;
        if (body.Length <= CompressAbove) return body;
        var smaller = new byte[Math.Min(body.Length - 1, LargestBody)];
        using var encoder = new BrotliEncoder(quality: 1, window: 22);
        for (var (at, written) = (0, 0); ;)
        {
            var piece = body.Span.Slice(at, Math.Min(Piece, body.Length - at));
            var isLast = at + piece.Length == body.Length;
            if (encoder.Compress(piece, smaller.AsSpan(written), out var consumed, out var more, isLast) != OperationStatus.Done) return body.Length <= LargestBody ? body : default(ReadOnlyMemory<byte>?);
            (at, written) = (at + consumed, written + more);
            if (!isLast) continue;
            encoding = "br";
            return smaller.AsMemory(0, written);
        }
    }

    private static byte[] Body(TableEntity entity, int length)
    {
        var stored = EventRow.Join([entity], "B");
        if (entity.GetString("BodyEncoding") != "br") return stored;
        var body = new byte[length];
        return BrotliDecoder.TryDecompress(stored, body, out var written) && written == length ? body : throw new InvalidDataException($"the body of {entity.RowKey} is damaged");
    }
}
