using System.Text.Json;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Delivery.Pacing;

/// <summary>Asks the shared documents for what an attempt needs, and gives back what is not needed.</summary>
/// <param name="by">This process, among the holders.</param>
internal sealed class Paces(ISharedState state, TimeProvider time, string by)
{
    private const int MostTries = 5;

    // A document that could not be asked: what is limited does not go meanwhile.
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(1);

    // What was asked for at a moment is good for the attempt that asked, unless the answer took longer.
    private static readonly TimeSpan Prompt = TimeSpan.FromMilliseconds(250);

    public async ValueTask<Admission> TakeAsync(string destination, Lane lane, DeliveryLimits limits, TimeSpan length)
    {
        var now = time.GetUtcNow();
        for (var tries = 0; tries < MostTries; tries++)
        {
            var taking = lane.Take(limits, length, now);
            if (taking.Needs == Needs.Nothing) return taking.Admission;
            if (!await lane.Changes.MakeAsync(() => AskAsync(destination, lane, taking.Needs, limits, length, now))) break;
            if (time.GetUtcNow() - now > Prompt) now = time.GetUtcNow();
        }

        return lane.Later(Away, now);
    }

    /// <summary>Gives up the slots that are not needed. What cannot be given up now comes back to the others when it expires.</summary>
    public async ValueTask SpareAsync(string destination, Lane lane, DeliveryLimits limits, TimeSpan length)
    {
        if (!lane.Changes.IsUnderWay && lane.Spare(limits) is { } kept) await lane.Changes.MakeAsync(() => ChangeAsync(destination, lane, pace =>
        {
            var now = time.GetUtcNow();
            return new(pace.Hold(by, kept, limits.Concurrency ?? kept, now, now + (length * 2)).Pace, default, kept, default);
        }, _ => { }));
    }

    private Task AskAsync(string destination, Lane lane, Needs needs, DeliveryLimits limits, TimeSpan length, DateTimeOffset now) =>
        ChangeAsync(destination, lane, pace => lane.Ask(pace, needs, limits, by, length, now), asked => lane.Got(asked, needs));

    private async Task ChangeAsync(string destination, Lane lane, Func<Pace, Asked?> change, Action<Asked> then)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            // What we wrote last may be what stands: if not, nothing is written and it is read.
            var known = lane.Changes.Document;
            lane.Changes.Document = null;
            var document = known ?? await state.FindAsync(Pace.Kind, destination, CancellationToken.None);
            if (change(PacingJson.Read(document?.Json, PacingJson.Default.Pace)) is not { } asked)
            {
                if (known is null) return;
                continue;
            }

            var json = JsonSerializer.Serialize(asked.Pace, PacingJson.Default.Pace);
            if (await state.WriteAsync(new(Pace.Kind, destination, json, document?.Version), CancellationToken.None) is not { } written) continue;
            lane.Changes.Document = written;
            then(asked);
            return;
        }
    }
}
