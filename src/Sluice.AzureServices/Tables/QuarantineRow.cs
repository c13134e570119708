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
        var stored = EventRow.Compress(request.Body, out var encoding);
        var head = Encoding.UTF8.GetBytes($"{request.Target}\n{request.Headers.Encode()}");
        if (stored.Length > LargestBody || head.Length > LargestHead) return null;
        entity["Size"] = request.Bytes;
        if (encoding is not null) entity["BodyEncoding"] = encoding;
        EventRow.Cut(head, "H", entity);
        EventRow.Cut(stored, "B", entity);
        return entity;
    }

    /// <summary>The rejection, without its request.</summary>
    public static Rejection Read(TableEntity entity) => new()
    {
        Id = RejectionId.TryParse(entity.RowKey[2..], out var id) ? id : throw new FormatException($"'{entity.RowKey}' is no refused request"),
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

    private static byte[] Body(TableEntity entity, int length)
    {
        var stored = EventRow.Join([entity], "B");
        if (entity.GetString("BodyEncoding") != "br") return stored;
        var body = new byte[length];
        return BrotliDecoder.TryDecompress(stored, body, out var written) && written == length ? body : throw new InvalidDataException($"the body of {entity.RowKey} is damaged");
    }
}
