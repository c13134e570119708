using System.Net;
using System.Net.Http;
using System.Net.Sockets;

namespace Sluice.Delivery;

/// <summary>
/// Opens connections to the public internet only. What a name leads to is asked when it is dialled, every answer has to be public, and
/// the connection goes to what was looked at: between the look and the dialling nothing can change.
/// </summary>
/// <param name="resolve">What a name leads to; a literal address leads to itself.</param>
public sealed class PublicConnection(Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="AddressRefusedException">One of the addresses is not public; nothing was connected.</exception>
    public async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await resolve(host, cancellationToken);
        foreach (var address in addresses)
        {
            if (PublicAddresses.WhyNot(address) is { } what) throw new AddressRefusedException(address, what);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A destination that may only be public leads elsewhere.</summary>
public sealed class AddressRefusedException(IPAddress address, string what)
    : Exception($"its host leads to {address}, which is {what}; a strict destination has to be in the public internet");
