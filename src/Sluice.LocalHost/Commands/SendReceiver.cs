using System.CommandLine;
using System.Globalization;
using Sluice.Events;
using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Commands;

/// <summary>Where <c>sluice send</c> sends to.</summary>
/// <param name="IsOwn">Whether it is the running Sluice of the data folder, or the one that <c>--remote</c> names: it has the secrets of the configuration already, and nobody else is shown them.</param>
/// <param name="Fix">What to do where nobody answers.</param>
internal sealed record SendReceiver(Uri Url, bool IsOwn, string Fix)
{
    /// <param name="given">What <c>--url</c> says; null where it says nothing.</param>
    /// <exception cref="CommandException">There is no address, or it is none.</exception>
    public static SendReceiver Find(ParseResult parsed, string? given, string source)
    {
        var data = CommonOptions.Folder(parsed);
        var (running, remote) = (data.ReadHost()?.Url, parsed.GetValue(CommonOptions.Remote));
        var text = given ?? remote ?? running ?? throw new CommandException($"no Sluice runs with the data folder {data.Path}; start sluice up, or name an address with --url");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) throw new CommandException($"{(given is null ? "--remote" : "--url")} {SafeText.OneLine(text)} is no http or https address");
        return new(
            url.AbsolutePath == "/" ? new Uri(url, $"/api/webhooks/{source}") : url,
            IsSame(url, running) || IsSame(url, remote),
            given is not null ? "start what listens there, or name another address with --url"
            : remote is not null ? "start the Sluice there, or name another with --remote"
            : $"the Sluice of the data folder {data.Path} has ended without a farewell: start sluice up, or name an address with --url");
    }

    /// <exception cref="CommandException">Nobody answers.</exception>
    public async Task<HttpResponseMessage> AskAsync(HttpClient client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            throw new CommandException($"{Url.Authority} cannot be reached: {e.Message}; {Fix}");
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"{Url.Authority} gives no answer that can be read: {e.InnerException?.Message ?? e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{Url.Authority} gave no answer for {client.Timeout.TotalSeconds:0} seconds"));
        }
    }

    // One machine has several names for itself.
    private static bool IsSame(Uri url, string? other) =>
        Uri.TryCreate(other, UriKind.Absolute, out var known) && known.Scheme == url.Scheme && (known.Authority == url.Authority || (known.IsLoopback && url.IsLoopback && known.Port == url.Port));
}
