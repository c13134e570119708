using System.Net;
using System.Text;
using Sluice.Configuration;

namespace Sluice.Delivery;

/// <summary>The clients of handler <c>http</c>: no redirects, no proxy, no cookies, no decompression, bounded headers, connections that are renewed.</summary>
public sealed class HttpClients : IDisposable
{
    /// <summary>How much of an answer that nobody reads is taken off the connection, in bytes.</summary>
    public const int MostOfAnswer = 64 * 1024;

    // A pool each: a connection that was opened to anywhere never serves a destination that may only be public.
    private readonly HttpMessageInvoker anywhere;
    private readonly HttpMessageInvoker privateToo;
    private readonly HttpMessageInvoker publicOnly;

    /// <param name="resolve">What a name leads to; the system's resolver where absent.</param>
    /// <param name="isOwn">Whether an address is this machine's own; the system is asked where absent.</param>
    /// <param name="patience">How long a connection may take to open; 10 seconds where absent.</param>
    public HttpClients(Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, Func<IPAddress, bool>? isOwn = null, TimeSpan? patience = null)
    {
        CheckedConnection Checked(AddressKind widest) => new(resolve ?? Dns.GetHostAddressesAsync, isOwn ?? OwnAddress.Is, widest);
        anywhere = new(NewHandler(null, patience));
        privateToo = new(NewHandler(Checked(AddressKind.Private), patience));
        publicOnly = new(NewHandler(Checked(AddressKind.Public), patience));
    }

    public HttpMessageInvoker For(DestinationSettings destination) => AddressRules.WidestOf(destination) switch
    {
        null => anywhere,
        AddressKind.Public => publicOnly,
        _ => privateToo,
    };

    public void Dispose()
    {
        anywhere.Dispose();
        privateToo.Dispose();
        publicOnly.Dispose();
    }

    private static SocketsHttpHandler NewHandler(CheckedConnection? connection, TimeSpan? patience) => new()
    {
        ConnectCallback = connection is null ? null : connection.OpenAsync,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        // As they came: without this, a header beyond ASCII throws and its event can never be delivered.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        ConnectTimeout = patience ?? TimeSpan.FromSeconds(10),
        MaxResponseHeadersLength = 32,
        MaxResponseDrainSize = MostOfAnswer,
        // What a name leads to is asked again.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };
}
