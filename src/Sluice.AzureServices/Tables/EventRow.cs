using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Sluice.Events;

namespace Sluice.AzureServices.Tables;

/// <summary>
/// An event in the book. Body and headers are cut into properties of 64 KiB; a body that is too large for the event's own row stands in
/// rows of its own: in the same transaction, or where it does not hold them written before, and they count only once this row names them.
/// </summary>
internal sealed class EventRow
{
    private const int Piece = 64 * 1024;
    private const int PiecesInside = 11;
    private const int PiecesInRow = 15;
    private const int CompressAbove = 32 * 1024;

    /// <summary>Everything but the bytes.</summary>
    public static readonly string[] WithoutBody =
    [
        "PartitionKey", "RowKey", "Source", "Type", "Key", "ReceivedAt", "H0", "H1", "H2", "H3", "BodyBytes", "BodyHash", "Receipt", "ListKey", "More", .. DeliveryRow.Columns, .. AttemptRow.Columns,
    ];

    /// <summary>What tells whether another body is the same.</summary>
    public static readonly string[] ForComparison = [.. WithoutBody, "BodyEncoding", "B0"];

    private readonly TableEntity entity;

    public EventRow(TableEntity entity) => this.entity = entity;

    public EventRow(WebhookEvent webhook, long receipt, string listKey, IEnumerable<string> more)
    {
        var stored = Compress(webhook.Body, out var encoding);
        entity = new TableEntity(webhook.Id.ToString(), Keys.Event)
        {
            ["Source"] = webhook.Source, ["Type"] = webhook.Type, ["Key"] = webhook.IdempotencyKey, ["ReceivedAt"] = webhook.ReceivedAt,
            ["BodyBytes"] = webhook.Body.Length, ["Receipt"] = receipt, ["ListKey"] = listKey,
        };
        if (encoding is not null) entity["BodyEncoding"] = encoding;
        if (string.Join(',', more) is { Length: > 0 } names) entity["More"] = names;
        Cut(Encoding.UTF8.GetBytes(webhook.Headers.Encode()), "H", entity);
        StoredBytes = stored.Length;
        if (stored.Length > Piece) entity["BodyHash"] = SHA256.HashData(webhook.Body.Span);
        if (stored.Length <= PiecesInside * Piece)
        {
            Cut(stored, "B", entity);
            return;
        }

        entity["BodySet"] = receipt;
        for (var at = 0; at < stored.Length; at += PiecesInRow * Piece)
        {
            var row = new TableEntity(webhook.Id.ToString(), Keys.Body(receipt, BodyRows.Count));
            Cut(stored.Slice(at, Math.Min(PiecesInRow * Piece, stored.Length - at)), "B", row);
            BodyRows.Add(row);
        }
    }

    public TableEntity Entity => entity;

    /// <summary>How long the body is as it is stored.</summary>
    public int StoredBytes { get; }

    /// <summary>The rows of a body that is too large for the event's own.</summary>
    public List<TableEntity> BodyRows { get; } = [];

    public EventId Id => EventId.TryParse(entity.PartitionKey, out var id) ? id : throw new FormatException($"partition '{entity.PartitionKey}' is no event");

    public string Source => entity.GetString("Source");

    public string Type => entity.GetString("Type");

    public string Key => entity.GetString("Key");

    public DateTimeOffset ReceivedAt => entity.GetDateTimeOffset("ReceivedAt")!.Value;

    public int BodyBytes => entity.GetInt32("BodyBytes")!.Value;

    /// <summary>The number of the booking: what belongs to another of the same event, one that was let go since, is none of it.</summary>
    public long Receipt => entity.GetInt64("Receipt")!.Value;

    public string ListKey => entity.GetString("ListKey");

    /// <summary>The destinations whose deliveries did not fit into the booking's transaction and are not added yet.</summary>
    public string[] More => (entity.GetString("More") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);

    public HeaderList Headers => HeaderList.Decode(Encoding.UTF8.GetString(Join([entity], "H")));

    /// <summary>Whether its body is this one, which its hash tells or, where it is one piece and so is at hand, the body itself.</summary>
    public bool HasBody(ReadOnlySpan<byte> body) => entity.GetBinary("BodyHash") is { } hash
        ? SHA256.HashData(body).AsSpan().SequenceEqual(hash)
        : body.Length == BodyBytes && body.SequenceEqual(Body([]));

    /// <summary>The event with its bytes.</summary>
    /// <param name="rows">The partition: the rows of the body are among them where it has any.</param>
    public WebhookEvent ToEvent(IEnumerable<TableEntity> rows) => new()
    {
        Id = Id, Source = Source, Type = Type, IdempotencyKey = Key, ReceivedAt = ReceivedAt, Headers = Headers, Body = Body(rows),
    };

    private byte[] Body(IEnumerable<TableEntity> rows)
    {
        var set = entity.GetInt64("BodySet") is { } number ? Keys.Body(number, 0)[..^4] : null;
        var stored = Join(set is null ? [entity] : rows.Where(row => row.RowKey.StartsWith(set, StringComparison.Ordinal)).OrderBy(row => row.RowKey, StringComparer.Ordinal), "B");
        if (entity.GetString("BodyEncoding") != "br") return stored;
        var body = new byte[BodyBytes];
        return BrotliDecoder.TryDecompress(stored, body, out var written) && written == body.Length ? body : throw new InvalidDataException($"the body of {entity.PartitionKey} is damaged");
    }

    /// <summary>What is stored of a body: smaller where that helps, and then <paramref name="encoding"/> says how.</summary>
    internal static ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> body, out string? encoding)
    {
        encoding = null;
        if (body.Length <= CompressAbove) return body;
        var smaller = new byte[body.Length - 1];
        if (!BrotliEncoder.TryCompress(body.Span, smaller, out var written, quality: 1, window: 22)) return body;
        encoding = "br";
        return smaller.AsMemory(0, written);
    }

    /// <summary>Cuts bytes into properties of 64 KiB: <c>B0</c>, <c>B1</c> and so on.</summary>
    internal static void Cut(ReadOnlyMemory<byte> bytes, string name, TableEntity into)
    {
        // Mostly it is one piece and a whole array, which nobody changes: then it needs no copy.
        if (bytes.Length is > 0 and <= Piece && MemoryMarshal.TryGetArray(bytes, out var array) && array.Count == array.Array!.Length)
        {
            into[name + "0"] = array.Array;
            return;
        }

        for (var (at, piece) = (0, 0); at < bytes.Length; at += Piece, piece++) into[$"{name}{piece}"] = bytes.Slice(at, Math.Min(Piece, bytes.Length - at)).ToArray();
    }

    /// <summary>Puts together what <see cref="Cut"/> cut.</summary>
    internal static byte[] Join(IEnumerable<TableEntity> rows, string name)
    {
        var pieces = new List<byte[]>();
        foreach (var row in rows)
        {
            for (var piece = 0; row.GetBinary($"{name}{piece}") is { } bytes; piece++) pieces.Add(bytes);
        }

        if (pieces.Count == 1) return pieces[0];
        var joined = new byte[pieces.Sum(piece => piece.Length)];
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.CopyTo(joined, at);
            at += piece.Length;
        }

        return joined;
    }
}
