using System.Globalization;
using System.Text.Json;

namespace Sluice.Delivery;

/// <summary>What is said of one value. Texts are compared to the letter, numbers by their worth, wherever they come from.</summary>
public abstract record Condition
{
    private const int LongestNumber = 100;

    /// <param name="value">Null where there is none.</param>
    public abstract bool HoldsFor(string? value);

    /// <summary>For the value that the reader stands at.</summary>
    public virtual bool HoldsFor(ref Utf8JsonReader value) => HoldsFor(TextOf(ref value));

    // A number as it was written, so that nothing of it is lost; objects, arrays and null are no values.
    internal static string? TextOf(ref Utf8JsonReader value)
    {
        try
        {
            return value.TokenType switch
            {
                JsonTokenType.String => value.GetString(),
                JsonTokenType.Number => System.Text.Encoding.ASCII.GetString(value.ValueSpan),
                JsonTokenType.True => "true",
                JsonTokenType.False => "false",
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // A string with a lone surrogate cannot be read as text, and so equals none.
            return null;
        }
    }

    // A decimal has 29 digits: what is much longer is read for nothing, and somebody else may have written it.
    private protected static decimal? NumberOf(string? text) =>
        text?.Length <= LongestNumber && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>It is there: in JSON <c>null</c> is there too.</summary>
public sealed record Exists(bool Wanted) : Condition
{
    public override bool HoldsFor(string? value) => value is not null == Wanted;

    public override bool HoldsFor(ref Utf8JsonReader value) => Wanted;
}

/// <summary>It is one of these.</summary>
public sealed record In(IReadOnlyList<string> Values) : Condition
{
    public override bool HoldsFor(string? value)
    {
        if (value is null) return false;
        foreach (var wanted in Values)
        {
            if (wanted == value || (NumberOf(wanted) is { } number && NumberOf(value) == number)) return true;
        }

        return false;
    }
}

/// <summary>It looks like this, <c>*</c> standing for any characters.</summary>
public sealed record Like(string Pattern) : Condition
{
    public override bool HoldsFor(string? value) => value is not null && Destination.Matches(Pattern, value);
}

/// <summary>It begins so.</summary>
public sealed record StartsWith(string Start) : Condition
{
    public override bool HoldsFor(string? value) => value?.StartsWith(Start, StringComparison.Ordinal) == true;
}

/// <summary>It is a number within these bounds; a bound that is null does not matter.</summary>
public sealed record Within(decimal? Above, decimal? AtLeast, decimal? Below, decimal? AtMost) : Condition
{
    public override bool HoldsFor(string? value) =>
        NumberOf(value) is { } number && !(number <= Above) && !(number < AtLeast) && !(number >= Below) && !(number > AtMost);
}
