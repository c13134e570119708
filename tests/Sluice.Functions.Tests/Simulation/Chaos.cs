using System.Globalization;
using Azure.Messaging.ServiceBus;
using Sluice.AzureServices.Hosting;
using Sluice.AzureServices.ServiceBus;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>What happens to the whole world from time to time: services are away, clocks are set, processes are stopped; and people at work.</summary>
internal sealed class Chaos(World world)
{
    private TimeSpan until;
    private TimeSpan jumpFrom;
    private int working;

    public bool IsAtWork => working > 0;

    public void Start(TimeSpan time)
    {
        until = world.Time.Elapsed + time;
        var pause = Math.Max(time.TotalSeconds / 20, 10);
        world.Network.Start(async () =>
        {
            while (true)
            {
                await world.DelayAsync(1, pause * 2);
                if (world.Time.Elapsed >= until) return;
                Trouble();
                Meddle();
                Operate();
            }
        });
    }

    public void Stop() => until = TimeSpan.Zero;

    private void Trouble()
    {
        // Clocks of machines that agree on their time differ by less than rows are left alone for.
        if (world.Time.Elapsed >= jumpFrom && world.Faults.Strikes(Fault.ClockJump))
        {
            var by = TimeSpan.FromSeconds(world.Random.Next(4) == 0 ? -world.Random.Next(1, 20) : world.Random.Next(1, 60));
            jumpFrom = world.Time.Elapsed + TimeSpan.FromMinutes(3);
            world.Time.Jump(by);
            if (by < TimeSpan.Zero) world.Ledger.ClockSetBack -= by;
            world.Trace.Add("world", "sets the clock by", by);
            world.Host.Wake();
        }

        var time = TimeSpan.FromSeconds(world.Random.Next(4) == 0 ? world.Random.Next(90, 200) : world.Random.Next(1, 90));
        var (tables, bus, both) = (world.Faults.Strikes(Fault.TablesDown), world.Faults.Strikes(Fault.BusDown), world.Faults.Strikes(Fault.BothDown));
        if (tables || both) world.Weather.TakeTablesDown(time);
        if (bus || both) world.Weather.TakeBusDown(time);
        if (world.Faults.Strikes(Fault.Stop)) world.AnyProcess((FunctionApp)world.Random.Next(3))?.Stop();
    }

    // People and tools that have the queue open.
    private void Meddle()
    {
        if (world.Faults.Strikes(Fault.StrangersMessage)) Send(new ServiceBusMessage("hello") { MessageId = $"stranger-{++world.Strangers}" });
        var messages = world.Broker.Peek(Setting.Queue);
        if (messages.Count > 0 && world.Faults.Strikes(Fault.MessageDoubled))
        {
            var message = messages[world.Random.Next(messages.Count)];
            if (!IsStrangers(message)) Send(new ServiceBusMessage(message) { MessageId = $"double-{Next()}", ScheduledEnqueueTime = message.State == ServiceBusMessageState.Scheduled ? message.ScheduledEnqueueTime : default });
        }

        var dead = world.Broker.Peek(Setting.Queue, SubQueue.DeadLetter);
        if (dead.Count == 0) return;
        var chosen = dead[world.Random.Next(dead.Count)];
        if (world.Faults.Strikes(Fault.Resubmit))
        {
            world.Trace.Add("portal", "resubmits", chosen.MessageId);
            world.Broker.Resubmit(Setting.Queue, chosen.SequenceNumber);
            world.Host.Wake();
        }
        else if (!IsStrangers(chosen) && world.Faults.Strikes(Fault.ResubmitCopy))
        {
            world.Trace.Add("portal", "resubmits a copy of", chosen.MessageId);
            Send(new ServiceBusMessage(chosen) { MessageId = $"copy-{Next()}" });
        }
    }

    private void Send(ServiceBusMessage message)
    {
        world.Broker.Enter(Setting.Queue, (queue, now) => queue.Send([message], now));
        world.Host.Wake();
    }

    private void Operate()
    {
        if (world.AnyProcess(FunctionApp.Retry) is not { } process) return;
        var before = Uri.EscapeDataString(world.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        if (world.Faults.Strikes(Fault.Purge)) Work(process, process.OperateAsync($"?limit=1&deadBefore={before}", (ops, request) => ops.PurgeDeadAsync(request)));
        if (world.Faults.Strikes(Fault.ReplayDead)) Work(process, process.OperateAsync($"?limit=5&deadBefore={before}", (ops, request) => ops.ReplayDeadAsync(request)));
        if (world.Ledger.Acknowledged.Count == 0 || !world.Faults.Strikes(Fault.Replay)) return;
        var id = world.Ledger.Acknowledged.ElementAt(world.Random.Next(world.Ledger.Acknowledged.Count)).ToString();
        Work(process, process.OperateAsync(world.Random.Next(2) == 0 ? "" : "?destination=all", (ops, request) => ops.ReplayAsync(request, id)));
    }

    private void Work(SimulatedProcess process, Task<(int Status, string Body)> work)
    {
        working++;
        world.Network.Start(async () =>
        {
            await Task.WhenAny(work, process.Death);
            if (work.IsCompletedSuccessfully)
            {
                var (status, body) = await work;
                world.Trace.Add("operator", "is answered", status, body);
                if (status is not (200 or 404 or 499 or 503)) world.Ledger.Breach($"an operator was answered {status} {body}");
            }

            working--;
        });
    }

    private int Next() => ++world.Copies;

    private static bool IsStrangers(ServiceBusReceivedMessage message) => !message.ApplicationProperties.ContainsKey(BellMessage.KindProperty);
}
