using System.Collections;

namespace Sluice.Events;

/// <summary>
/// The headers of a request in the order they arrived; a header sent twice stands twice. Names are compared without case.
/// Stored as text, one <c>name:value</c> a line: HTTP allows neither character in the other's place.
/// </summary>
public sealed class HeaderList(KeyValuePair<string, string>[] items) : IReadOnlyList<KeyValuePair<string, string>>
{
    public static HeaderList Empty { get; } = new([]);

    public int Count => items.Length;

    public KeyValuePair<string, string> this[int index] => items[index];

    /// <summary>The value of a header that may stand once only: <paramref name="count"/> says how often it stood.</summary>
    public string? Single(string name, out int count)
    {
        string? value = null;
        count = 0;
        foreach (var item in items)
        {
            if (!item.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            value = item.Value;
            count++;
        }

        return count == 1 ? value : null;
    }

    /// <summary>The value of the first header of that name, or null.</summary>
    public string? First(string name)
    {
        foreach (var item in items)
        {
            if (item.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) return item.Value;
        }

        return null;
    }

    /// <summary>The same with this header once.</summary>
    public HeaderList With(string name, string value) => new([.. items.Where(item => !item.Key.Equals(name, StringComparison.OrdinalIgnoreCase)), new(name, value)]);

    public string Encode()
    {
        var length = 0;
        foreach (var item in items) length += item.Key.Length + item.Value.Length + 2;
        return string.Create(length, items, static (text, items) =>
        {
            foreach (var (name, value) in items)
            {
                name.CopyTo(text);
                text[name.Length] = ':';
                value.CopyTo(text[(name.Length + 1)..]);
                text[name.Length + value.Length + 1] = '\n';
                text = text[(name.Length + value.Length + 2)..];
            }
        });
    }

    public static HeaderList Decode(string text)
    {
        var items = new List<KeyValuePair<string, string>>();
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range);
            var colon = line.IndexOf(':');
            if (colon > 0) items.Add(new(line[..colon].ToString(), line[(colon + 1)..].ToString()));
        }

        return new HeaderList([.. items]);
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
