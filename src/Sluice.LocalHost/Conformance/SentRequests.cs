using Sluice.Providers;

namespace Sluice.LocalHost.Conformance;

/// <summary>Compares requests on their way.</summary>
internal static class SentRequests
{
    public static bool AreSame(SentRequest a, SentRequest b) => a.Url == b.Url && a.Body.Span.SequenceEqual(b.Body.Span) && a.Headers.SequenceEqual(b.Headers);
}
