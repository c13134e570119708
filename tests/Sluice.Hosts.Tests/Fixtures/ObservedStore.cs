using System.Collections.Concurrent;
using System.Reflection;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>The book as it is, with a list of what it was asked.</summary>
public class ObservedStore : DispatchProxy
{
    private IEventStore store = null!;
    private Calls calls = null!;

    public static IEventStore Over(IEventStore store, Calls calls)
    {
        var proxy = Create<IEventStore, ObservedStore>();
        (((ObservedStore)(object)proxy).store, ((ObservedStore)(object)proxy).calls) = (store, calls);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        calls.Names.Enqueue(targetMethod!.Name);
        return targetMethod.Invoke(store, BindingFlags.DoNotWrapExceptions, null, args, null);
    }

    /// <summary>The names of what it was asked.</summary>
    public sealed class Calls
    {
        public ConcurrentQueue<string> Names { get; } = [];
    }
}
