using System.Text;
using Sluice.Contracts.Catalogue;
using Sluice.Diagnosis;
using Sluice.Providers;

namespace Sluice.Core.Tests.Diagnosis;

/// <summary>A genuine request of a sender, and what went wrong with it or with the source that gets it.</summary>
internal sealed record BrokenRequest(string Provider, params CauseKind[] Causes)
{
    /// <summary>What the sender sends; its own sample where nothing is said.</summary>
    public string? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>What becomes of it on its way.</summary>
    public Func<CatalogueRequest, CatalogueRequest> Break { get; init; } = request => request;

    /// <summary>How the source is set up otherwise than it should be: of the right secret or key.</summary>
    public Func<string, (string Setting, string? Value)[]> Settings { get; init; } = _ => [];

    /// <summary>How the sender is set up otherwise than usual.</summary>
    public (string Setting, string? Value)[] SendersSettings { get; init; } = [];

    /// <summary>Which of the provider's keys the sender signs with; the source has number 0.</summary>
    public int Key { get; init; }

    /// <summary>What the sender signs with, where it is none of these keys.</summary>
    public Func<string, string>? SendersSecret { get; init; }

    /// <summary>Where the sender posts, as it has it.</summary>
    public string Url { get; init; } = CatalogueSource.PublicUrl;

    /// <summary>How it signs, where it does so in a way of its own.</summary>
    public Func<HmacScheme, HmacScheme>? Scheme { get; init; }

    /// <summary>Other sources beside it: each by its provider and which of that provider's keys it has.</summary>
    public (string Name, string Provider, int Key)[] Beside { get; init; } = [];

    /// <summary>How much later than it was signed it is examined.</summary>
    public TimeSpan Late { get; init; }

    /// <summary>Whether nothing could be tried: the cause is what the request looks like.</summary>
    public bool IsGuess { get; init; }

    /// <summary>What has to stand in the summary.</summary>
    public string Says { get; init; } = "";

    public CatalogueRequest Genuine
    {
        get
        {
            var sender = CatalogueSource.Of(Provider, 0, SendersSettings);
            var sample = sender.Provider.CreateSample(sender.Provider.SampleType, "0123abc", CatalogueSource.Now);
            var request = new SentRequest
            {
                Url = new Uri(Url),
                Body = Body is null ? sample.Body : Encoding.UTF8.GetBytes(Body),
                ContentType = Body is null ? sample.ContentType : ContentType,
                Headers = sample.Headers,
                Id = "msg_0123abc",
            };
            var scheme = Scheme is null ? sender.Source.Scheme : Scheme((HmacScheme)sender.Source.Scheme);
            return CatalogueRequest.Of(scheme.Sign(request, sender.Settings, SendersSecret?.Invoke(Secret) ?? sender.Entry.Keys!(Provider, Key).Signs, CatalogueSource.Now));
        }
    }

    public CatalogueRequest Arrived => Break(Genuine);

    public Receiver Receiver
    {
        get
        {
            var settings = CatalogueSource.SettingsOf(Provider);
            foreach (var (setting, value) in SendersSettings) settings[setting] = value;
            foreach (var (setting, value) in Settings(Secret)) settings[setting] = value;
            return Receiver.Of([(CatalogueSource.Name, settings), .. Beside.Select(other => (other.Name, CatalogueSource.SettingsOf(other.Provider, other.Key)))]);
        }
    }

    public DateTimeOffset Now => CatalogueSource.Now + Late;

    private string Secret => CatalogueTable.Of(Provider).Keys!(Provider, 0).Checks;
}
