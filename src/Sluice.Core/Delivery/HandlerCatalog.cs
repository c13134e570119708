using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Delivery;

/// <summary>The handlers that are there, by name. Two of one name are a mistake in the registration and throw.</summary>
public sealed class HandlerCatalog(params IEnumerable<IHandler> handlers)
{
    private readonly FrozenDictionary<string, IHandler> byName = handlers.ToDictionary(handler => handler.Name, StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Those that a destination may name.</summary>
    public IEnumerable<string> Names => byName.Values.Where(handler => handler is not SplitHandler).Select(handler => handler.Name).Order(StringComparer.Ordinal);

    /// <summary>The answers that a source may name; null where it is not known which there are.</summary>
    public IReadOnlyCollection<string>? Answers { get; init; }

    public bool TryGet(string name, [NotNullWhen(true)] out IHandler? handler) => byName.TryGetValue(name, out handler);
}
