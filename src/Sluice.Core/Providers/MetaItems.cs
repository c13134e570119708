using System.Text.Json;

namespace Sluice.Providers;

/// <summary>
/// The things that happened in one body of Meta's: <c>entry</c>, in it <c>changes</c>, <c>messaging</c> or <c>standby</c>, and in a change WhatsApp's <c>messages</c>
/// and <c>statuses</c>. Each keeps what stands around it, such as the phone number it concerns: its bytes are the body's without the others.
/// </summary>
internal static class MetaItems
{
    /// <summary>Sixteen times what came, at the most: what stands around a thing is repeated for each.</summary>
    private const int MostGrowth = 16;

    private static readonly string[] Lists = ["changes", "messaging", "standby"];
    private static readonly string[] Things = ["messages", "statuses"];

    public static List<Found> Find(ReadOnlyMemory<byte> json, JsonElement root)
    {
        var found = new List<Found>();
        foreach (var (entry, around) in Elements(new Narrowing(json), root, ["entry"]))
        {
            foreach (var (item, list, inside) in Named(around, entry, Lists))
            {
                var before = found.Count;
                if (list == "changes" && item.ValueKind == JsonValueKind.Object && item.TryGetProperty("value", out var value))
                    found.AddRange(Named(inside, value, Things).Select(thing => new Found(thing.Narrowed, Describe(thing.Element, thing.List))));
                if (found.Count == before) found.Add(new(inside, list == "changes" ? new(null, JsonItems.Text(item, "field")) : DescribeMessaging(item, list)));
            }
        }

        return found;
    }

    public static IReadOnlyList<BatchItem>? Split(ReadOnlyMemory<byte> json, JsonElement root)
    {
        var found = Find(json, root);
        if (found.Count == 0) return null;
        // Nothing is lost where it would grow beyond measure: it stays together.
        return found.Sum(item => (long)item.Narrowed.Length) > (long)MostGrowth * json.Length
            ? [new BatchItem(json, $"whole:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(json.Span))}", JsonItems.Text(root, "object"))]
            : [.. found.Select(item => new BatchItem(item.Narrowed.ToBytes(), item.Description.Id, item.Description.Type))];
    }

    private static EventDescription Describe(JsonElement thing, string list)
    {
        // A status has the id of its message, which is sent, then delivered, then read.
        var id = JsonItems.Text(thing, "id");
        return new(id is null || list == "messages" ? id : $"{id}:{JsonItems.Text(thing, "status")}:{JsonItems.Text(thing, "timestamp")}", list);
    }

    private static EventDescription DescribeMessaging(JsonElement item, string list)
    {
        // A message that was taken back comes again with its id and is another event.
        var deleted = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.Object && message.TryGetProperty("is_deleted", out _);
        return new(deleted || list != "messaging" ? null : JsonItems.Text(item, "message", "mid") ?? JsonItems.Text(item, "postback", "mid"), list);
    }

    private static IEnumerable<(JsonElement Element, Narrowing Narrowed)> Elements(Narrowing around, JsonElement outer, string[] names) =>
        Named(around, outer, names).Select(found => (found.Element, found.Narrowed));

    // The elements of the arrays of these names; where one of them is left, the others are empty.
    private static IEnumerable<(JsonElement Element, string List, Narrowing Narrowed)> Named(Narrowing around, JsonElement outer, string[] names)
    {
        var arrays = names.Select(name => (Name: name, Array: JsonItems.Array(outer, name))).Where(pair => pair.Array is not null).Select(pair => (pair.Name, Array: pair.Array!.Value)).ToList();
        foreach (var (name, array) in arrays)
        {
            var alone = arrays.Where(other => other.Name != name).Aggregate(around, (narrowed, other) => narrowed.Without(other.Array));
            foreach (var element in array.EnumerateArray()) yield return (element, name, alone.To(array, element));
        }
    }

    public readonly record struct Found(Narrowing Narrowed, EventDescription Description);
}
