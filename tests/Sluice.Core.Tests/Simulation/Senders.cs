using Sluice.Contracts.Simulation;

namespace Sluice.Core.Tests.Simulation;

/// <summary>
/// Senders as they are: they send again what was not answered with success, some send twice at once or again later, and two of them
/// may use the same ids.
/// </summary>
internal sealed class Senders(World world)
{
    private int webhooks;

    /// <summary>How many are not through yet.</summary>
    public int Sending { get; private set; }

    public void Start(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var key = $"evt_{++webhooks}";
            var source = world.Random.Next(2) == 0 ? Setting.Stripe : Setting.Standard;
            Start(Create(source, key));
            if (world.Faults.Strikes(Fault.SameKeyTwoSources)) Start(Create(source == Setting.Stripe ? Setting.Standard : Setting.Stripe, key));
        }
    }

    private Webhook Create(string source, string key) => Webhook.Create(source, key, keyInBody: source == Setting.Stripe, world.Random, world.Load.Customers);

    private void Start(Webhook webhook)
    {
        Sending++;
        world.Network.Start(async () =>
        {
            await world.DelayAsync(0, 240);
            var twin = world.Faults.Strikes(Fault.ConcurrentDuplicate) ? SendAsync(Again(webhook)) : Task.CompletedTask;
            await SendAsync(webhook);
            await twin;
            if (world.Faults.Strikes(Fault.LateDuplicate))
            {
                await world.DelayAsync(1, 200);
                await SendAsync(Again(webhook));
            }

            Sending--;
        });
    }

    private Webhook Again(Webhook webhook) => world.Faults.Strikes(Fault.OtherBytes) ? webhook.InOtherWords() : webhook;

    private async Task SendAsync(Webhook webhook)
    {
        world.Ledger.Sent(webhook);
        while (!await TryAsync(webhook))
        {
            world.Faults.Count(Fault.Resend);
            await world.DelayAsync(1, 60);
        }
    }

    // Not CancelAsync: it would leave for the thread pool.
    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    // True when the sender has read a success.
    private async Task<bool> TryAsync(Webhook webhook)
    {
        if (world.AnyProcess(process => process.IsAccepting) is not { } process) return false;
        world.Trace.Add("sender", "sends to", process.Name, webhook.Id);
        using var hangUp = new CancellationTokenSource();
        var answer = process.IngestAsync(webhook, hangUp.Token);
        if (world.Faults.Strikes(Fault.HangUp))
        {
            await world.DelayAsync(0, 0.5);
            Cancel(hangUp);
            return false;
        }

        var first = await Task.WhenAny(answer, world.DelayAsync(10, 15));
        return first == answer && await answer is not null && !world.Faults.Strikes(Fault.NoAnswer);
    }
}
