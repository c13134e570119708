using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;

namespace Handlers;

/// <summary>
/// An example of your own code: puts each event's bytes as one file into the folder that the destination's <c>Folder</c> names. A second
/// attempt writes the same file again, so that it does no harm that an event may be delivered twice.
/// </summary>
public sealed class ArchiveHandler : IHandler
{
    public string Name => "archive";

    public IReadOnlyCollection<string> Settings { get; } = ["Folder"];

    public IEnumerable<string> Check(DestinationSettings destination)
    {
        if (!destination.Settings.ContainsKey("Folder")) yield return "has no Folder; handler archive needs the folder to write to";
    }

    public async ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken)
    {
        var folder = context.Destination.Settings["Folder"];
        // A folder that is missing may be a disk that is not mounted: better to wait than to fill the wrong disk.
        if (!Directory.Exists(folder)) return Outcome.Retry($"there is no folder {Path.GetFullPath(folder)}; make it");

        var file = Path.Combine(folder, FileName(webhook, context.IdempotencyKey));
        var unfinished = file + ".tmp";
        await using (var stream = File.Create(unfinished)) await stream.WriteAsync(webhook.Body, cancellationToken);
        File.Move(unfinished, file, overwrite: true);
        return Outcome.Done;
    }

    // The sender chooses the type, so it is no file name; the key's hash is one, and the same for every attempt.
    private static string FileName(WebhookEvent webhook, string idempotencyKey) =>
        $"{webhook.ReceivedAt:yyyyMMdd-HHmmss}-{webhook.Source}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)))[..16]}.json";
}
