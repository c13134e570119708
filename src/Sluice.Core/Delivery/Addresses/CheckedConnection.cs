using System.Net;
using System.Net.Sockets;

namespace Sluice.Delivery;

/// <summary>
/// Opens connections to the public internet only, or to private addresses too. What a name leads to is asked when it is dialled, every
/// answer has to be allowed, and the connection goes to what was looked at: between the look and the dialling nothing can change.
/// </summary>
/// <param name="resolve">What a name leads to; never asked about an address, which leads to itself.</param>
/// <param name="isOwn">Whether a public address is this machine's own; it is then refused where this machine is.</param>
/// <param name="widest">Public, or Private for both.</param>
public sealed class CheckedConnection(Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<IPAddress, bool> isOwn, AddressKind widest)
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="AddressRefusedException">One of the addresses is not allowed; nothing was connected.</exception>
    public async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        foreach (var address in addresses)
        {
            var (kind, what) = PublicAddresses.Look(address);
            if (kind > widest) throw new AddressRefusedException(address, kind, what!);
            if (widest == AddressKind.Public && isOwn(address)) throw new AddressRefusedException(address, AddressKind.Private, "this machine");
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

/// <summary>A destination leads where it may not.</summary>
/// <param name="what">What the address is, in a few words.</param>
public sealed class AddressRefusedException(IPAddress address, AddressKind kind, string what) : Exception($"its host leads to {address}, which is {what}")
{
    public AddressKind Kind => kind;
}
