using System.Text.Json;

namespace Sluice.Providers;

/// <summary>
/// The things that happened in one body of Meta's: <c>entry</c>, in it <c>changes</c>, <c>messaging</c> or <c>standby</c>, and in a change WhatsApp's <c>messages</c>
/// and <c>statuses</c>. Each keeps what stands around it, such as the phone number it concerns: its bytes are the body's without the others.
/// </summary>
internal static class MetaItems
{
    private static readonly string[] Lists = ["changes", "messaging", "standby"];
    private static readonly string[] Things = ["messages", "statuses"];

    /// <summary>One by one: whoever wants to know of two looks no further.</summary>
    public static IEnumerable<(Narrowing Narrowed, EventDescription Description)> Find(ReadOnlyMemory<byte> json, JsonElement root)
    {
        foreach (var (entry, _, around) in Named(new Narrowing(json), root, ["entry"]))
        {
            foreach (var (item, list, inside) in Named(around, entry, Lists))
            {
                var any = false;
                if (list == "changes" && item.ValueKind == JsonValueKind.Object && item.TryGetProperty("value", out var value))
                {
                    foreach (var thing in Named(inside, value, Things))
                    {
                        any = true;
                        yield return (thing.Narrowed, Describe(thing.Element, thing.List));
                    }
                }

                if (!any) yield return (inside, list == "changes" ? new(null, JsonItems.Text(item, "field")) : DescribeMessaging(item, list));
            }
        }
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
}
