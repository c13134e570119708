using System.Globalization;
using System.Text.Json;

namespace Sluice.Delivery;

/// <summary>
/// Reads a filter: <c>{ "all": [...] }</c>, <c>{ "any": [...] }</c>, <c>{ "not": {...} }</c>, or one condition: <c>type</c> with a pattern, or <c>header</c> or <c>json</c>
/// with <c>equals</c>, <c>in</c>, <c>exists</c>, <c>startsWith</c>, <c>like</c>, <c>above</c>, <c>atLeast</c>, <c>below</c>, <c>atMost</c>, such as
/// <c>{ "json": "data.amount", "atLeast": 1000 }</c>.
/// </summary>
public sealed class FilterReader
{
    private const int MostConditions = 50;
    private const int DeepestNesting = 8;
    private const int LongestText = 1000;
    private const int MostValues = 200;

    private static readonly string[] Subjects = ["type", "header", "json"];
    private static readonly string[] Bounds = ["above", "atLeast", "below", "atMost"];

    // The way to the filter that is being read, such as all[1], any[0].
    private readonly List<string> place = [];
    private int conditions;

    /// <summary>The filter, or null with where in it something is wrong, what, and the fix, in one line.</summary>
    public static Filter? Read(JsonElement filter, out string? error)
    {
        var reader = new FilterReader();
        try
        {
            error = null;
            return reader.Whole(filter);
        }
        catch (FilterException e)
        {
            error = reader.place.Count == 0 ? e.Message : $"in {string.Join('.', reader.place)}: {e.Message}";
            return null;
        }
    }

    private Filter Whole(JsonElement filter)
    {
        if (filter.ValueKind != JsonValueKind.Object) throw new FilterException("is no object; write { \"json\": \"data.amount\", \"atLeast\": 1000 }, or several of them in { \"all\": [...] }");
        if (place.Count > DeepestNesting) throw new FilterException($"is nested more than {DeepestNesting} deep; write what lies deepest without so many all, any and not around it");
        if (filter.TryGetProperty("all", out var all)) return new AllOf(Several(filter, "all", all));
        if (filter.TryGetProperty("any", out var any)) return new AnyOf(Several(filter, "any", any));
        if (filter.TryGetProperty("not", out var not))
        {
            Alone(filter, "not");
            if (not.ValueKind != JsonValueKind.Object) throw new FilterException("has 'not' without a filter; write { \"not\": { \"json\": \"data.test\", \"equals\": true } }");
            return new Not(Inside("not", not));
        }

        if (++conditions > MostConditions) throw new FilterException($"has more than {MostConditions} conditions; put several values into one 'in', or register several destinations");
        return One(filter);
    }

    private List<Filter> Several(JsonElement filter, string name, JsonElement list)
    {
        Alone(filter, name);
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0) throw new FilterException($"has '{name}' without a list of filters; write {{ \"{name}\": [ {{...}}, {{...}} ] }}");
        return [.. list.EnumerateArray().Select((item, index) => Inside(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), item))];
    }

    // Where it throws the place stays: that is where.
    private Filter Inside(string name, JsonElement filter)
    {
        place.Add(name);
        var read = Whole(filter);
        place.RemoveAt(place.Count - 1);
        return read;
    }

    private static void Alone(JsonElement filter, string name)
    {
        if (filter.EnumerateObject().Count() > 1) throw new FilterException($"has something beside '{name}'; put all of it into {{ \"all\": [...] }}");
    }

    private static Filter One(JsonElement filter)
    {
        var subjects = Subjects.Where(name => filter.TryGetProperty(name, out _)).ToList();
        if (subjects is not [var subject]) throw new FilterException($"says {(subjects.Count == 0 ? "of nothing" : "of several things")} what it should be; a condition has one of {string.Join(", ", Subjects)}, or is all, any or not");
        var about = filter.GetProperty(subject);
        if (subject == "type")
        {
            Alone(filter, subject);
            return new TypeIs(Text(about, subject));
        }

        var condition = ConditionOf(filter, subject);
        var name = Text(about, subject);
        if (subject == "header") return Configuration.HeaderReader.IsName(name) ? new HeaderIs(name, condition) : throw new FilterException($"has 'header' '{Events.SafeText.OneLine(name, 40)}', which is no name of a header; write one such as X-GitHub-Event");
        return new JsonIs(JsonPath.Parse(name, out var error) ?? throw new FilterException($"has a wrong 'json': {error}"), condition);
    }

    private static Condition ConditionOf(JsonElement filter, string subject)
    {
        var found = new List<Condition>();
        var bounds = new decimal?[Bounds.Length];
        foreach (var property in filter.EnumerateObject().Where(property => property.Name != subject))
        {
            if (Array.IndexOf(Bounds, property.Name) is >= 0 and var bound) bounds[bound] = Number(property.Value, property.Name);
            else found.Add(property.Name switch
            {
                "equals" => new In([Scalar(property.Value, "equals")]),
                "in" when property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() is > 0 and <= MostValues => new In([.. property.Value.EnumerateArray().Select(value => Scalar(value, "in"))]),
                "in" => throw new FilterException($"has 'in' without a list of 1 to {MostValues} values; write {{ \"json\": \"data.currency\", \"in\": [\"eur\", \"usd\"] }}"),
                "exists" => new Exists(Scalar(property.Value, "exists") switch { "true" => true, "false" => false, _ => throw new FilterException("has 'exists' with neither true nor false; write one of the two") }),
                "startsWith" => new StartsWith(Text(property.Value, "startsWith")),
                "like" => new Like(Text(property.Value, "like")),
                _ => throw new FilterException($"has '{Events.SafeText.OneLine(property.Name, 40)}', which is no condition; there are equals, in, exists, startsWith, like, above, atLeast, below, atMost"),
            });
        }

        if (bounds.Any(bound => bound is not null)) found.Add(new Within(bounds[0], bounds[1], bounds[2], bounds[3]));
        return found is [var only] ? only : throw new FilterException($"says {(found.Count == 0 ? "nothing" : "several things")} of '{subject}'; one condition says one thing, {{ \"all\": [...] }} several");
    }

    private static string Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestText } text ? text : throw new FilterException($"has '{name}' without a text of 1 to {LongestText} characters; write one in quotes");

    private static string Scalar(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.String when value.GetString()!.Length <= LongestText => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new FilterException($"has '{name}' with something else than a text of at most {LongestText} characters, a number, true or false; write one of these"),
    };

    private static decimal Number(JsonElement value, string name) =>
        decimal.TryParse(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FilterException($"has '{name}' without a number; write one such as 1000 or 9.95");

    private sealed class FilterException(string message) : Exception(message);
}
