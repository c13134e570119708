using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Contracts.Simulation;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Providers;
using Sluice.Storage;

namespace Sluice.Core.Tests.Delivery.Pacing;

/// <summary>Processes that share a book, a queue and the small documents, on one virtual clock: all is well but for the destination.</summary>
internal sealed class PacedWorld : IHandler
{
    public const string Destination = "billing";

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, string?> settings;
    private readonly Func<DeliveryContext, Task<Outcome>> answer;
    private int booked;

    /// <param name="answer">What the destination does with an attempt.</param>
    /// <param name="settings">Of the destination.</param>
    public PacedWorld(int seed, int processes, Func<PacedWorld, DeliveryContext, Task<Outcome>> answer, params (string Name, string Value)[] settings)
    {
        (Random, this.answer) = (new Random(seed), context => answer(this, context));
        Pump = new Pump(Start, new Random(seed + 1));
        Network = new Actor(Pump);
        this.settings = settings.ToDictionary(setting => $"Sluice:Destinations:{Destination}:{setting.Name}", setting => (string?)setting.Value);
        this.settings[$"Sluice:Destinations:{Destination}:Handler"] = Name;
        for (var i = 0; i < processes; i++) Processes.Add(new PacedProcess(this));
    }

    public string Name => "paced";

    public Random Random { get; }

    public Pump Pump { get; }

    public DateTimeOffset Now => Pump.Time.GetUtcNow();

    /// <summary>The queue, and whoever books.</summary>
    public Actor Network { get; }

    public InMemoryEventStore Book { get; } = new();

    public ProcessState State { get; } = new();

    public List<PacedProcess> Processes { get; } = [];

    /// <summary>Each attempt with the moment that it was meant for.</summary>
    public List<PacedAttempt> Attempts { get; } = [];

    public Stats Stats => Book.CountAsync(default).AsTask().Result;

    /// <summary>Whether all that was booked is delivered.</summary>
    public bool IsDone => Stats.Delivered == booked;

    public LiveConfiguration Configuration()
    {
        var errors = new List<ConfigurationError>();
        var built = SluiceConfiguration.Build(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), ProviderCatalog.Default, new HandlerCatalog(this), new SecretResolver(_ => null, "/"), errors);
        Assert.DoesNotContain(errors, error => error.Entry.Contains("Destinations", StringComparison.Ordinal));
        return new(built);
    }

    /// <summary>Keeps an event and rings for it.</summary>
    public void Book1(string key)
    {
        booked++;
        var id = EventId.Of("stripe", key);
        var webhook = new WebhookEvent { Id = id, Source = "stripe", Type = "invoice.paid", IdempotencyKey = key, ReceivedAt = Now, Headers = HeaderList.Empty, Body = new byte[] { 1 } };
        Network.Start(async () =>
        {
            await Book.BookAsync(new Booking(webhook, [new BookedDelivery(Destination, Now.AddMinutes(2), null)]), default);
            Ring(new(new(id, Destination), 1), Now);
        });
    }

    /// <summary>Books one event each so often.</summary>
    public void BookEvery(TimeSpan pause, int count) => Network.Start(async () =>
    {
        for (var i = 0; i < count; i++)
        {
            Book1($"evt_{i}");
            await Task.Delay(pause, Pump.Time);
        }
    });

    /// <summary>The queue brings a bell to any process, a moment after its time.</summary>
    public void Ring(Processing.Bell bell, DateTimeOffset at) => Network.Start(async () =>
    {
        var wait = at - Now;
        await Task.Delay((wait > TimeSpan.Zero ? wait : TimeSpan.Zero) + TimeSpan.FromMilliseconds(Random.Next(1, 20)), Pump.Time);
        PacedProcess[] alive = [.. Processes.Where(process => process.IsAlive)];
        if (alive.Length > 0) alive[Random.Next(alive.Length)].Hear(bell);
    });

    public void Run(TimeSpan time, Func<bool>? until = null)
    {
        Pump.Run(Pump.Time.Elapsed + time, until ?? (static () => false));
        Assert.Empty(Pump.Faults);
    }

    /// <summary>Runs minute by minute until all is delivered.</summary>
    public void RunToTheEnd(TimeSpan patience)
    {
        for (var end = Now + patience; Now < end && !IsDone;) Run(TimeSpan.FromMinutes(1));
        Assert.True(IsDone, $"not done: {Stats}, {Book.ParkedAsync(Destination, int.MaxValue, default).AsTask().Result.Count} parked");
    }

    public async ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken)
    {
        var delivery = (await Book.FindAsync(webhook.Id, default))!.Deliveries.Single();
        Attempts.Add(new(Now, context.Delivery.Event, context.Attempt, delivery.NextAttemptAt, delivery.Attempts is [.., var last] ? last.StartedAt + last.Duration : null));
        return await answer(context);
    }
}

/// <param name="MeantFor">When it was to begin; null for a first.</param>
/// <param name="After">When the one before had ended.</param>
internal sealed record PacedAttempt(DateTimeOffset At, EventId Event, int Number, DateTimeOffset? MeantFor, DateTimeOffset? After);
