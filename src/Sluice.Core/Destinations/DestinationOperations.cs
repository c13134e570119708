using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Storage;

namespace Sluice.Destinations;

/// <summary>The operator's doings with destinations, straight to the store.</summary>
/// <param name="handlers">Null in an app that delivers nothing: it knows no secrets of configured destinations.</param>
public sealed class DestinationOperations(
    LiveConfiguration configuration, SharedDestinations shared, Registrations registrations, RegistrationReader reader, ISharedState state, IEventStore store, ReceiverChallenge challenge, DestinationTest test, DestinationFaring faring, HandlerCatalog? handlers = null) : IDestinationOperations
{
    // For settings that are only looked at. Never dialled: nothing has this name.
    private const string NoAddress = "https://destination.invalid/";

    public async Task<IReadOnlyList<DestinationView>> ListAsync(CancellationToken cancellationToken)
    {
        await shared.EnsureAsync(cancellationToken);
        var current = configuration.Current;
        var hidden = current.Registrations.Values.Where(registration => registration.Destination is not null && registration.Standing.State != DestinationState.Removed && current.IsConfigured(registration.Name))
            .Select(registration => DestinationView.Of(registration.Destination!.Settings, registration.Standing) with { HiddenByConfiguration = true });
        var fares = await faring.AllAsync(current.Destinations, cancellationToken);
        return [.. current.Destinations.Where(IsThere).Select(destination => DestinationView.Of(destination.Settings, destination.Standing) with { Faring = fares.GetValueOrDefault(destination.Name) }).Concat(hidden).OrderBy(view => view.Name, StringComparer.Ordinal)];
    }

    public async Task<DestinationView?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await shared.EnsureAsync(cancellationToken);
        return configuration.Current.TryGetDestination(name, out var destination) && IsThere(destination) ? await ViewAsync(destination, cancellationToken) : null;
    }

    public async Task<DestinationAnswer> RegisterAsync(string name, Registering asked, CancellationToken cancellationToken)
    {
        if (!SettingsReader.IsName(name)) return DestinationAnswer.Not(DestinationResult.Refused, NoName(name));
        await shared.EnsureAsync(cancellationToken);
        var current = configuration.Current;
        if (current.IsConfigured(name)) return DestinationAnswer.Not(DestinationResult.Conflict, $"{name} {RegistrationReader.IsTheConfigurations}");
        if (!asked.Replaces && current.TryGetDestination(name, out var there) && IsThere(there)) return DestinationAnswer.Not(DestinationResult.Conflict, $"{name} is registered already; ask to replace it (--replace, ?replace=true), or choose another name");
        var (settings, expected) = await PutBackAsync(name, asked.Settings, cancellationToken);
        if (ShownSettings.Left(settings) is { } left) return DestinationAnswer.Not(DestinationResult.Refused, $"{name}:{left} is '{ShownSettings.Set}', which stands for what is registered, and there is none, or it was for another host; write it anew");
        if (asked.Challenges)
        {
            var faults = new List<ConfigurationError>();
            if (reader.Read(name, settings, current, faults) is not { } read) return Refused(faults);
            if (await challenge.AskAsync(read, cancellationToken) is { } reason) return DestinationAnswer.Not(DestinationResult.Refused, reason);
        }

        return await AnswerAsync(name, await registrations.PutAsync(name, settings, expected, cancellationToken), cancellationToken);
    }

    public async Task<DestinationAnswer> PauseAsync(string name, string? reason, CancellationToken cancellationToken) =>
        await AnswerAsync(name, await registrations.PauseAsync(name, reason ?? "by an operator", cancellationToken), cancellationToken);

    public async Task<DestinationAnswer> ResumeAsync(string name, CancellationToken cancellationToken) =>
        await AnswerAsync(name, await registrations.ResumeAsync(name, cancellationToken), cancellationToken);

    public async Task<DestinationAnswer> RemoveAsync(string name, PendingOnRemoval pending, CancellationToken cancellationToken) =>
        await AnswerAsync(name, await registrations.RemoveAsync(name, pending, cancellationToken), cancellationToken);

    public async Task<TestAnswer> TestAsync(string name, Testing asked, CancellationToken cancellationToken)
    {
        await shared.EnsureAsync(cancellationToken);
        var current = configuration.Current;
        Destination? destination;
        if (asked.Settings is { } given)
        {
            var faults = new List<ConfigurationError>();
            if (!SettingsReader.IsName(name)) return new(DestinationResult.Refused, null, NoName(name));
            if (reader.Look(name, asked.Sends ? given : WithAddress(given), current, faults, out _) is not { } settings) return new(DestinationResult.Refused, null, Refused(faults).Error);
            destination = new Destination(settings, handlers: null);
        }
        else if (!current.TryGetDestination(name, out destination) || !IsThere(destination))
        {
            return new(DestinationResult.Missing, null, $"no destination is called '{SafeText.OneLine(name, 60)}'; to try settings of one that is not there yet, send them");
        }

        if (!asked.Sends) return await TryAsync(destination, asked, cancellationToken);
        var fault = asked.Settings is null && destination.Settings.IsRegistered ? current.Registrations.GetValueOrDefault(name)?.Fault : null;
        if (WhyNotSent(destination.Settings, fault) is { } reason) return new(DestinationResult.Refused, null, reason);
        WebhookEvent? kept = null;
        if (asked.Event is { } id && (kept = await store.LoadAsync(id, cancellationToken)) is null) return NoEvent(id);
        return new(DestinationResult.Done, new() { Destination = name, Sent = await test.SendAsync(destination.Settings, kept, cancellationToken) }, null);
    }

    private async Task<TestAnswer> TryAsync(Destination destination, Testing asked, CancellationToken cancellationToken)
    {
        // What was removed takes nothing; here it is asked what its settings say.
        destination = destination.At(Standing.Active);
        if (asked.Event is not { } id) return new(DestinationResult.Done, new() { Destination = destination.Name, Tried = await test.TryAsync(destination, asked.Last, cancellationToken) }, null);
        return await store.FindAsync(id, cancellationToken) is { } record
            ? new(DestinationResult.Done, new() { Destination = destination.Name, Tried = [await test.TryAsync(destination, record, cancellationToken)] }, null)
            : NoEvent(id);
    }

    private string? WhyNotSent(DestinationSettings settings, string? fault) =>
        fault is not null ? $"{settings.Name} {fault}"
        : settings.Handler != "http" ? $"{settings.Name} is delivered by handler {settings.Handler}, and only http sends; look at kept events instead (send=false, --no-send)"
        : !settings.IsRegistered && handlers is null ? $"{settings.Name} is in the configuration, and this app has none of its secrets; look at kept events instead (send=false, --no-send)"
        : null;

    // What is as it was shown stays as it was.
    private async ValueTask<(string Settings, string? Expected)> PutBackAsync(string name, string given, CancellationToken cancellationToken)
    {
        if (ShownSettings.Parse(given) is not { } settings || await state.FindAsync(DestinationDocument.Kind, name, cancellationToken) is not { } stored) return (given, null);
        return DestinationDocument.Read(stored.Json) is { Settings: { } was } document && document.Standing?.State != DestinationState.Removed && ShownSettings.Parse(was.GetRawText()) is { } registered && ShownSettings.PutBack(settings, registered)
            ? (settings.ToJsonString(ShownSettings.Readable), stored.Version)
            : (given, null);
    }

    private static string WithAddress(string given)
    {
        if (ShownSettings.Parse(given) is not { } settings || settings.Any(setting => setting.Key.Equals("Url", StringComparison.OrdinalIgnoreCase))) return given;
        settings["Url"] = NoAddress;
        return settings.ToJsonString(ShownSettings.Readable);
    }

    private async ValueTask<DestinationView> ViewAsync(Destination destination, CancellationToken cancellationToken)
    {
        var view = DestinationView.Of(destination.Settings, destination.Standing) with { Faring = await faring.OfAsync(destination, cancellationToken) };
        if (!destination.Settings.IsRegistered || await state.FindAsync(DestinationDocument.Kind, destination.Name, cancellationToken) is not { } stored) return view;
        return DestinationDocument.Read(stored.Json) is { Settings: { } settings } && ShownSettings.Parse(settings.GetRawText()) is { } registered ? view with { Settings = ShownSettings.Of(registered) } : view;
    }

    private async ValueTask<DestinationAnswer> AnswerAsync(string name, RegistrationAnswer answer, CancellationToken cancellationToken)
    {
        if (!answer.IsDone) return DestinationAnswer.Not(answer.Result, string.Join("; ", answer.Faults));
        return configuration.Current.TryGetDestination(name, out var destination)
            ? new(answer.Result, await ViewAsync(destination, cancellationToken), null)
            : throw new StoreUnavailableException($"{name} is written down and cannot be read again now");
    }

    private static DestinationAnswer Refused(List<ConfigurationError> faults) => DestinationAnswer.Not(DestinationResult.Refused, string.Join("; ", faults));

    private static string NoName(string name) => $"'{SafeText.OneLine(name, 60)}' {SettingsReader.NoName}";

    private static TestAnswer NoEvent(EventId id) => new(DestinationResult.Missing, null, $"there is no event {id}, or it was let go");

    private static bool IsThere(Destination destination) => destination.Standing.State != DestinationState.Removed && destination.Name != SplitHandler.DestinationName;
}
