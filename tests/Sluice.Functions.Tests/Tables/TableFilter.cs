using System.Globalization;
using System.Text.RegularExpressions;
using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>An OData filter as the table service reads it. A comparison with a property that is absent, or of another type, holds never.</summary>
internal sealed partial class TableFilter
{
    private const int MostComparisons = 15;

    private readonly List<string> words;
    private readonly Func<TableEntity, bool> holds;
    private int at;
    private int comparisons;

    private TableFilter(string text)
    {
        words = [.. Word().Matches(text).Select(match => match.Value)];
        if (string.Concat(words).Length != text.Count(letter => !char.IsWhiteSpace(letter)) + words.Sum(word => word.Count(char.IsWhiteSpace))) throw Syntax();
        holds = Or(certain: true);
        if (at < words.Count) throw Syntax();
        if (comparisons > MostComparisons) throw TableFailure.InvalidInput($"A filter has at most {MostComparisons} comparisons.");
    }

    /// <summary>Nothing before it can match: what spares the double the walk over all rows.</summary>
    public string? FromPartition { get; private set; }

    public string? ToPartition { get; private set; }

    public string? FromRow { get; private set; }

    public string? ToRow { get; private set; }

    public static TableFilter? Of(string? text) => string.IsNullOrWhiteSpace(text) ? null : new(text);

    public bool Holds(TableEntity entity) => holds(entity);

    private static Azure.RequestFailedException Syntax() => TableFailure.InvalidInput("Bad Request - Error in query syntax.");

    private static int? Compare(object? left, object right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (bool a, bool b) => a.CompareTo(b),
        (int or long, int or long) => Convert.ToInt64(left, CultureInfo.InvariantCulture).CompareTo(Convert.ToInt64(right, CultureInfo.InvariantCulture)),
        (int or long or double, int or long or double) => Convert.ToDouble(left, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(right, CultureInfo.InvariantCulture)),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (Guid a, Guid b) => string.CompareOrdinal(a.ToString(), b.ToString()),
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        _ => null,
    };

    private static bool Answer(string comparison, int difference) => comparison switch
    {
        "eq" => difference == 0,
        "ne" => difference != 0,
        "gt" => difference > 0,
        "ge" => difference >= 0,
        "lt" => difference < 0,
        "le" => difference <= 0,
        _ => throw Syntax(),
    };

    private static object Literal(string word)
    {
        try
        {
            if (word is "true" or "false") return word == "true";
            var quote = word.IndexOf('\'', StringComparison.Ordinal);
            if (quote < 0) return Number(word);
            var text = word[(quote + 1)..^1].Replace("''", "'", StringComparison.Ordinal);
            return word[..quote] switch
            {
                "" => text,
                "datetime" => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
                "guid" => Guid.Parse(text),
                _ => Convert.FromHexString(text),
            };
        }
        catch (FormatException)
        {
            throw Syntax();
        }
        catch (OverflowException)
        {
            throw Syntax();
        }
    }

    private static object Number(string word) => word.EndsWith('L')
        ? long.Parse(word.AsSpan(..^1), CultureInfo.InvariantCulture)
        : word.AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? int.Parse(word, CultureInfo.InvariantCulture) : double.Parse(word, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"[()]|(?:datetime|guid|binary|X)?'(?:[^']|'')*'|[^\s()']+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^(?:[-0-9]|(?:datetime|guid|binary|X)?'|true$|false$)")]
    private static partial Regex StartOfLiteral();

    // Certain: everything that matches matches this part too.
    private Func<TableEntity, bool> Or(bool certain)
    {
        var start = (FromPartition, ToPartition, FromRow, ToRow);
        var left = And(certain);
        if (Peek() != "or") return left;

        // What the left side said of the bounds does not hold for the right one.
        (FromPartition, ToPartition, FromRow, ToRow) = start;
        while (Take("or"))
        {
            var (one, other) = (left, And(certain: false));
            left = entity => one(entity) || other(entity);
        }

        return left;
    }

    private Func<TableEntity, bool> And(bool certain)
    {
        var left = Not(certain);
        while (Take("and"))
        {
            var (one, other) = (left, Not(certain));
            left = entity => one(entity) && other(entity);
        }

        return left;
    }

    private Func<TableEntity, bool> Not(bool certain)
    {
        if (Take("not"))
        {
            var inner = Not(certain: false);
            return entity => !inner(entity);
        }

        if (!Take("(")) return Comparison(certain);
        var group = Or(certain);
        return Take(")") ? group : throw Syntax();
    }

    private Func<TableEntity, bool> Comparison(bool certain)
    {
        comparisons++;
        var left = Next();
        if (StartOfLiteral().IsMatch(left)) throw Syntax();
        if (Peek() is null or "and" or "or" or ")") return entity => entity[left] is true;
        var comparison = Next();
        Answer(comparison, 0);
        var word = Next();
        var right = StartOfLiteral().IsMatch(word) ? Literal(word) : throw Syntax();
        if (certain && right is string text) Narrow(left, comparison, text);
        return entity => Compare(entity[left], right) is { } difference && Answer(comparison, difference);
    }

    private void Narrow(string name, string comparison, string text)
    {
        var (from, to) = (comparison is "eq" or "ge" or "gt" ? text : null, comparison is "eq" or "le" or "lt" ? text : null);
        if (name == nameof(TableEntity.PartitionKey)) (FromPartition, ToPartition) = (from ?? FromPartition, to ?? ToPartition);
        if (name == nameof(TableEntity.RowKey)) (FromRow, ToRow) = (from ?? FromRow, to ?? ToRow);
    }

    private string? Peek() => at < words.Count ? words[at] : null;

    private string Next() => at < words.Count ? words[at++] : throw Syntax();

    private bool Take(string word)
    {
        if (Peek() != word) return false;
        at++;
        return true;
    }
}
