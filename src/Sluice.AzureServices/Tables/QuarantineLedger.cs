using System.Buffers.Binary;
using Azure;
using Azure.Data.Tables;
using Sluice.Quarantine;

namespace Sluice.AzureServices.Tables;

/// <summary>
/// What is written down of one source: the ids of all rows of its partition and what each counts, in one row of it, which changes with them in one
/// transaction. So room is found with one read, and whoever was slower than another instance is refused by the row's etag and looks again.
/// </summary>
internal sealed class QuarantineLedger
{
    public const string Key = "ledger";

    private const int ItemBytes = 24;

    private readonly string source;
    private readonly ETag etag;

    private QuarantineLedger(string source, ETag etag, List<KeptItem> kept, List<KeptItem> noted) => (this.source, this.etag, Kept, Noted) = (source, etag, kept, noted);

    /// <summary>Those with bytes, oldest first.</summary>
    public List<KeptItem> Kept { get; }

    /// <summary>Those without, oldest first.</summary>
    public List<KeptItem> Noted { get; }

    /// <summary>Whether it is written already.</summary>
    public bool IsNew => etag == default;

    public static QuarantineLedger Read(string source, TableEntity? entity) =>
        entity is null ? new(source, default, [], []) : new(source, entity.ETag, Items(EventRow.Join([entity], "K")), Items(EventRow.Join([entity], "N")));

    /// <summary>What writes it, on condition that nobody else has since.</summary>
    public TableTransactionAction Write()
    {
        var entity = new TableEntity(source, Key);
        EventRow.Cut(Bytes(Kept), "K", entity);
        EventRow.Cut(Bytes(Noted), "N", entity);
        return IsNew ? new(TableTransactionActionType.Add, entity) : new(TableTransactionActionType.UpdateReplace, entity, etag);
    }

    private static byte[] Bytes(List<KeptItem> items)
    {
        items.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        var bytes = new byte[items.Count * ItemBytes];
        for (var i = 0; i < items.Count; i++)
        {
            items[i].Id.CopyTo(bytes.AsSpan(i * ItemBytes));
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan((i * ItemBytes) + 16), items[i].Bytes);
        }

        return bytes;
    }

    private static List<KeptItem> Items(byte[] bytes)
    {
        var items = new List<KeptItem>(bytes.Length / ItemBytes);
        for (var at = 0; at < bytes.Length; at += ItemBytes) items.Add(new(RejectionId.FromBytes(bytes.AsSpan(at)), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at + 16))));
        return items;
    }
}
