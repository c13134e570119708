using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Events;

namespace Sluice.AzureServices.Tables;

/// <summary>
/// How rows are called. Nothing of a sender's stands in a key: an event's partition is its id, a hash, and names of destinations are
/// plain by rule. Index rows carry the number of the write that made them, so that no two writers ever mean the same row.
/// </summary>
internal static partial class Keys
{
    /// <summary>The event's own row in its partition.</summary>
    public const string Event = "e";

    /// <summary>Index partitions: by the first digit of an event's id, so that writing spreads.</summary>
    public const string Shards = "0123456789abcdef";

    /// <summary>Due rows of deliveries that wait without a bell.</summary>
    public const string Waiting = "dw";

    /// <summary>Due rows of deliveries whose bell was rung.</summary>
    public const string Rung = "dr";

    /// <summary>Due rows of parked deliveries; behind it stands whose they are.</summary>
    public const string AllParked = "dp";

    private const string ParkedBegin = AllParked + "-";

    /// <summary>What stands in a parked due row's key behind the destination.</summary>
    private const int ParkedEnd = 81;

    /// <summary>What stands in place of a due row's key while a delivery waits for others of its line. There is no such row: what brings it on is its place in the line.</summary>
    private const string AsideBegin = "dq-";

    /// <summary>Ends whose line is to move on.</summary>
    public const string Moving = "m";

    /// <summary>In the partition of a line: whose turn it is.</summary>
    public const string Head = "head";

    /// <summary>In the partition of a line: the places.</summary>
    public const string Places = "n";

    public const string List = "l";

    public const string Dead = "x";

    /// <summary>Dead letters whose message is not in the dead-letter queue yet.</summary>
    public const string Open = "o";

    /// <summary>The partition of the sums in the index.</summary>
    public const string Sums = "sums";

    /// <summary>The partition of the index that holds the secrets which senders brought; the rows are named by their sources.</summary>
    public const string Learned = "learned";

    /// <summary>The partition of the index that holds the small documents of a kind; the rows have their names.</summary>
    public static string State(string kind) => "state-" + kind;

    public static string Shard(EventId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.CopyTo(bytes);
        return Shards.Substring(bytes[0] >> 4, 1);
    }

    public static string Delivery(string destination) => "d-" + destination;

    public static string Attempt(string destination, int number) => $"t-{destination}-{new Digits(number, 10)}";

    public static string Body(long set, int number) => $"b-{new Hex(set)}-{new Digits(number, 4)}";

    public static string Due(bool isRung, DateTimeOffset due, DeliveryId delivery, int attempt, long receipt) =>
        $"{(isRung ? Rung : Waiting)}-{new Digits(due.UtcTicks, 19)}-{delivery.Event}-{new Digits(attempt, 10)}-{new Hex(receipt)}-{delivery.Destination}";

    public static string Listed(DateTimeOffset receivedAt, EventId id, long receipt) => $"{List}-{NewestFirst(receivedAt)}-{id}-{new Hex(receipt)}";

    public static string DeadLetter(DateTimeOffset deadAt, DeliveryId delivery, long receipt) =>
        $"{Dead}-{NewestFirst(deadAt)}-{delivery.Event}-{new Hex(receipt)}-{delivery.Destination}";

    public static string OpenDeath(DeliveryId delivery, int attempt) => $"{Open}-{delivery.Event}-{new Digits(attempt, 10)}-{delivery.Destination}";

    /// <summary>A moment as a text that sorts the later before the earlier.</summary>
    public static Digits NewestFirst(DateTimeOffset moment) => new(DateTimeOffset.MaxValue.UtcTicks - moment.UtcTicks, 19);

    /// <summary>What the keys of a destination's parked due rows begin with.</summary>
    public static string Parked(string destination) => ParkedBegin + destination;

    public static string Parked(DateTimeOffset place, DeliveryId delivery, int attempt, long receipt) =>
        $"{Parked(delivery.Destination)}-{new Digits(place.UtcTicks, 19)}-{delivery.Event}-{new Digits(attempt, 10)}-{new Hex(receipt)}";

    public static string Aside(DateTimeOffset due, DeliveryId delivery, int attempt, long receipt) =>
        $"{AsideBegin}{new Digits(due.UtcTicks, 19)}-{delivery.Event}-{new Digits(attempt, 10)}-{new Hex(receipt)}-{delivery.Destination}";

    public static bool IsAside(string key) => key.StartsWith(AsideBegin, StringComparison.Ordinal);

    /// <summary>The partition of a line. An order key is a hash.</summary>
    public static string Line(string destination, string orderKey) => $"q-{destination}-{orderKey}";

    /// <summary>A place in a line: by the moment, so that the first are found first.</summary>
    public static string PlaceOf(DateTimeOffset keptAt, EventId id, long receipt) => $"{Places}-{new Digits(keptAt.UtcTicks, 19)}-{id}-{new Hex(receipt)}";

    /// <summary>Whose place it is.</summary>
    public static EventId ReadPlace(string key) => Id(key.AsSpan(22, 32));

    public static string MovingOn(DeliveryId delivery) => $"{Moving}-{delivery.Event}-{delivery.Destination}";

    /// <summary>Whose end it is.</summary>
    public static DeliveryId ReadMovingOn(string key) => new(Id(key.AsSpan(2, 32)), key[35..]);

    public static bool IsParked(string key) => key.StartsWith(ParkedBegin, StringComparison.Ordinal);

    /// <summary>What a due row's key says; for a parked one its place in line stands for the moment.</summary>
    public static (DateTimeOffset Due, DeliveryId Delivery, int Attempt) ReadDue(string key) => IsParked(key)
        ? ReadDue($"{Waiting}{key.AsSpan(key.Length - ParkedEnd)}-{key.AsSpan(ParkedBegin.Length, key.Length - ParkedBegin.Length - ParkedEnd)}")
        : (new(long.Parse(key.AsSpan(3, 19), CultureInfo.InvariantCulture), TimeSpan.Zero), new(Id(key.AsSpan(23, 32)), key[84..]), int.Parse(key.AsSpan(56, 10), CultureInfo.InvariantCulture));

    /// <summary>Whose row of the list it is.</summary>
    public static EventId ReadListed(string key) => Id(key.AsSpan(22, 32));

    /// <summary>Which dead letter's row it is.</summary>
    public static DeliveryId ReadDeadLetter(string key) => new(Id(key.AsSpan(22, 32)), key[72..]);

    /// <summary>Which death it is whose message is not in the dead-letter queue yet.</summary>
    public static (DeliveryId Delivery, int Attempt) ReadOpenDeath(string key) => (new(Id(key.AsSpan(2, 32)), key[46..]), int.Parse(key.AsSpan(35, 10), CultureInfo.InvariantCulture));

    /// <summary>Whether a text is a place in a list, as pages give it out: a moment and the id behind it.</summary>
    public static bool IsPlace([NotNullWhen(true)] string? text) => text is not null && PlacesInList().IsMatch(text);

    private static EventId Id(ReadOnlySpan<char> hex) => EventId.TryParse(hex.ToString(), out var id) ? id : throw new FormatException($"'{hex}' is no event id");

    [GeneratedRegex(@"\A[0-9]{19}-[0-9a-f]{32}[0-9a-z_-]{0,60}\z")]
    private static partial Regex PlacesInList();
}
