#nullable disable
using System.Runtime.Serialization;

namespace Azure.Messaging.ServiceBus;

/// <summary>What this assembly cannot do: it has the shape of the package and its data types, not its connection.</summary>
internal static class ReferenceAssembly
{
    private const string Reason = "This is a reference assembly of Azure.Messaging.ServiceBus, which calls no service: build with -p:AzureSdk=package";

    public static Task Refuse() => Task.FromException(new NotSupportedException(Reason));

    public static Task<T> Refuse<T>() => Task.FromException<T>(new NotSupportedException(Reason));

    public static async IAsyncEnumerable<T> RefuseEach<T>()
    {
        await Refuse().ConfigureAwait(false);
        yield break;
    }

    /// <summary>The package finds an unsupported property when it writes the message for the wire, not when it is set.</summary>
    public static void CheckProperties(ServiceBusMessage message)
    {
        foreach (var property in message.ApplicationProperties)
        {
            if (property.Value is not (null or string or bool or byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal
                or char or Guid or DateTime or DateTimeOffset or TimeSpan or Uri or Stream or byte[] or ArraySegment<byte>))
                throw new SerializationException($"Application property '{property.Key}' of type {property.Value.GetType().FullName} is not supported");
        }
    }

    public static string NotTooLong(string value, string name) =>
        value is { Length: > 128 } ? throw new ArgumentOutOfRangeException(name, $"{name} has at most 128 characters.") : value;

    public static T InRange<T>(T value, T least, T most, string name)
        where T : IComparable<T> =>
        value.CompareTo(least) < 0 || value.CompareTo(most) > 0 ? throw new ArgumentOutOfRangeException(name, $"{name} lies between {least} and {most}.") : value;
}
