using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Sluice.LocalHost.Hosting;

/// <summary>
/// The first moment of a stop: nobody gets in any more, and for as long as it lasts those who are in are served, each answer telling its
/// sender to close the connection. A connection that the server closes by itself may have a webhook on its way: its sender would see a
/// broken request instead of an answer.
/// </summary>
internal sealed class LastConnections : IHostedLifecycleService
{
    // Of real time, like all of the server's own.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentBag<Socket> listening = [];
    private volatile bool closing;

    /// <summary>Opens the socket of an address, and remembers it for the stop.</summary>
    public Socket Listen(EndPoint address)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        listening.Add(socket);
        return socket;
    }

    /// <summary>Puts it before everything that answers.</summary>
    public static void Use(WebApplication app)
    {
        var connections = app.Services.GetRequiredService<LastConnections>();
        app.Use((RequestDelegate next) => context =>
        {
            if (connections.closing) context.Response.Headers.Connection = "close";
            return next(context);
        });
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        closing = true;
        foreach (var socket in listening) socket.Dispose();
        return Task.Delay(Moment, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
