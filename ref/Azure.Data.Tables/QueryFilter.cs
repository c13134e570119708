using System.Globalization;
using System.Xml;

namespace Azure.Data.Tables;

/// <summary>An OData filter whose values are quoted and escaped.</summary>
internal static class QueryFilter
{
    public static string Create(FormattableString filter) => filter is null
        ? null
        : string.Format(CultureInfo.InvariantCulture, filter.Format, [.. filter.GetArguments().Select(Literal)]);

    private static string Literal(object value, int index) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        long or ulong => Invariant(value) + "L",
        sbyte or byte or short or ushort or int or uint or float or double or decimal => Invariant(value),
        Guid id => $"guid'{id}'",
        byte[] bytes => Binary(bytes),
        BinaryData bytes => Binary(bytes.ToArray()),
        DateTimeOffset time => Time(time.UtcDateTime),
        DateTime time => Time(time.ToUniversalTime()),
        string or char or System.Text.StringBuilder => $"'{Invariant(value).Replace("'", "''", StringComparison.Ordinal)}'",
        _ => throw new ArgumentException($"Unable to convert argument {index} from type {value.GetType()} to an OData literal."),
    };

    private static string Invariant(object value) => Convert.ToString(value, CultureInfo.InvariantCulture);

    // In tens, as the original writes them. It means that a filter on a binary property finds nothing: it ought to be sixteens.
    private static string Binary(byte[] bytes) => $"X'{string.Concat(bytes.Select(part => part.ToString("D2", CultureInfo.InvariantCulture)))}'";

    private static string Time(DateTime time) => $"datetime'{XmlConvert.ToString(time, XmlDateTimeSerializationMode.RoundtripKind)}'";
}
