using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

public sealed class TimestampTests
{
    public static TheoryData<string, int> Tolerances => new()
    {
        { "stripe", 300 }, { "slack", 300 }, { "standard-webhooks", 300 }, { "hmac", 300 }, { "zoom", 300 }, { "paddle", 300 }, { "hubspot", 300 }, { "zendesk", 300 }, { "twitch", 600 },
    };

    [Attack("A7")]
    [Theory, MemberData(nameof(Tolerances))]
    public void The_tolerance_is_exact_to_the_second_both_ways(string provider, int tolerance)
    {
        var source = SignedSource.Of(provider);
        var request = source.Sign();
        source.Accepts(request, SignedSource.Now.AddSeconds(tolerance));
        source.Accepts(request, SignedSource.Now.AddSeconds(tolerance).AddMilliseconds(999));
        source.Accepts(request, SignedSource.Now.AddSeconds(-tolerance));
        source.Refuses(request, SignatureResult.TimestampTooOld, SignedSource.Now.AddSeconds(tolerance + 1));
        source.Refuses(request, SignatureResult.TimestampInFuture, SignedSource.Now.AddSeconds(-tolerance - 1));
    }

    [Theory, MemberData(nameof(SignedSource.TimedProviders), MemberType = typeof(SignedSource))]
    public void The_tolerance_can_be_set(string provider)
    {
        var source = SignedSource.Of(provider, ("Tolerance", "00:00:10"));
        source.Accepts(source.Sign(), SignedSource.Now.AddSeconds(10));
        source.Refuses(source.Sign(), SignatureResult.TimestampTooOld, SignedSource.Now.AddSeconds(11));
        source.Refuses(source.Sign(), SignatureResult.TimestampInFuture, SignedSource.Now.AddSeconds(-11));
    }

    [Theory, MemberData(nameof(SignedSource.TimedProviders), MemberType = typeof(SignedSource))]
    public void A_tolerance_of_zero_takes_this_second_only(string provider)
    {
        var source = SignedSource.Of(provider, ("Tolerance", "00:00:00"));
        source.Accepts(source.Sign());
        source.Refuses(source.Sign(), SignatureResult.TimestampTooOld, SignedSource.Now.AddSeconds(1));
    }

    [Theory, MemberData(nameof(SignedSource.TimedProviders), MemberType = typeof(SignedSource))]
    public void A_stale_forgery_is_a_mismatch_and_learns_nothing_about_time(string provider)
    {
        var source = SignedSource.Of(provider);
        source.Refuses(source.Sign().Carrying("{}"), SignatureResult.Mismatch, SignedSource.Now.AddDays(1));
    }

    [Theory, MemberData(nameof(SignedSource.TimedProviders), MemberType = typeof(SignedSource))]
    public void Stale_and_future_requests_still_name_the_secret(string provider)
    {
        var source = SignedSource.Of(provider);
        Assert.Equal(0, source.Check(source.Sign(), SignedSource.Now.AddDays(1)).Secret);
        Assert.Equal(0, source.Check(source.Sign(), SignedSource.Now.AddDays(-1)).Secret);
    }

    [Attack("A7")]
    [Theory]
    [InlineData("-1")]
    [InlineData("-1700000000")]
    [InlineData(" 1700000000")]
    [InlineData("1700000000 ")]
    [InlineData("+1700000000")]
    [InlineData("01700000000")]
    [InlineData("0001700000000")]
    [InlineData("1.7e9")]
    [InlineData("17e8")]
    [InlineData("1700000000.0")]
    [InlineData("1700000000.5")]
    [InlineData("1700000000000")]
    [InlineData("17000000000000000000")]
    [InlineData("100000000000000000000")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData("1700000000abc")]
    [InlineData("1700000000\0")]
    [InlineData("1_700_000_000")]
    [InlineData("0x6553f100")]
    [InlineData("１７００００００００")]
    [InlineData("٠١٢٣")]
    [InlineData("2023-11-14T22:13:20Z")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("null")]
    public void A_timestamp_that_is_no_plain_number_of_seconds_is_refused_however_well_signed(string timestamp)
    {
        foreach (var provider in SignedSource.SecondsProviders)
        {
            var source = SignedSource.Of(provider);
            source.Refuses(source.SignText(timestamp), SignatureResult.MalformedTimestamp);
        }
    }

    [Theory]
    [InlineData("0", SignatureResult.TimestampTooOld)]
    [InlineData("1", SignatureResult.TimestampTooOld)]
    [InlineData("170000000", SignatureResult.TimestampTooOld)]
    [InlineData("17000000000", SignatureResult.TimestampInFuture)]
    [InlineData("999999999999", SignatureResult.TimestampInFuture)]
    [InlineData("1700000000", SignatureResult.Valid)]
    public void A_plain_number_is_judged_by_its_distance(string timestamp, SignatureResult result)
    {
        foreach (var provider in SignedSource.SecondsProviders)
        {
            var source = SignedSource.Of(provider);
            Assert.Equal(result, source.Check(source.SignText(timestamp)).Result);
        }
    }

    [Theory]
    [InlineData("1700000000000", SignatureResult.Valid)]
    [InlineData("1700000300999", SignatureResult.Valid)]
    [InlineData("1700000301000", SignatureResult.TimestampInFuture)]
    [InlineData("1699999699999", SignatureResult.TimestampTooOld)]
    [InlineData("1700000000", SignatureResult.TimestampTooOld)]
    [InlineData("1700000000000000", SignatureResult.MalformedTimestamp)]
    [InlineData("01700000000000", SignatureResult.MalformedTimestamp)]
    [InlineData("1700000000000 ", SignatureResult.MalformedTimestamp)]
    [InlineData("1700000000.000", SignatureResult.MalformedTimestamp)]
    public void Hubspot_writes_milliseconds(string timestamp, SignatureResult result)
    {
        var source = SignedSource.Of("hubspot");
        source.Refuses(source.SignText(timestamp), result);
    }

    [Theory]
    [InlineData("2023-11-14T22:13:20Z", SignatureResult.Valid)]
    [InlineData("2023-11-14T22:13:20.1Z", SignatureResult.Valid)]
    [InlineData("2023-11-14T22:13:20.634Z", SignatureResult.Valid)]
    [InlineData("2023-11-14T22:13:20.634234626Z", SignatureResult.Valid)]
    [InlineData("2023-11-14T22:13:20.6342346261Z", SignatureResult.MalformedTimestamp)]
    [InlineData("2023-11-14T22:13:20.Z", SignatureResult.MalformedTimestamp)]
    [InlineData("2023-11-14T22:13:20,5Z", SignatureResult.MalformedTimestamp)]
    [InlineData("2023-11-14T22:13:20.٣Z", SignatureResult.MalformedTimestamp)]
    [InlineData("2023-11-14T22:13:20", SignatureResult.MalformedTimestamp)]
    [InlineData("2023-11-14T22:13:20z", SignatureResult.MalformedTimestamp)]
    [InlineData("2023-11-14T22:13:20+00:00", SignatureResult.MalformedTimestamp)]
    [InlineData("2023-11-14 22:13:20Z", SignatureResult.MalformedTimestamp)]
    [InlineData(" 2023-11-14T22:13:20Z", SignatureResult.MalformedTimestamp)]
    [InlineData("2023-11-31T22:13:20Z", SignatureResult.MalformedTimestamp)]
    [InlineData("2023-11-14T22:13:60Z", SignatureResult.MalformedTimestamp)]
    [InlineData("1700000000", SignatureResult.MalformedTimestamp)]
    [InlineData("0001-01-01T00:00:00Z", SignatureResult.TimestampTooOld)]
    [InlineData("9999-12-31T23:59:59Z", SignatureResult.TimestampInFuture)]
    public void Twitch_and_zendesk_write_iso_8601(string timestamp, SignatureResult result)
    {
        foreach (var provider in SignedSource.Timed(TimestampFormat.Iso8601))
        {
            var source = SignedSource.Of(provider);
            source.Refuses(source.SignText(timestamp), result);
        }
    }

    [Attack("A7")]
    [Theory, MemberData(nameof(SignedSource.SecondsProviders), MemberType = typeof(SignedSource))]
    public void Milliseconds_are_no_seconds(string provider)
    {
        var source = SignedSource.Of(provider);
        Assert.False(source.Check(source.SignText("1700000000000")).IsValid);
        Assert.False(source.Check(source.SignText("1700000000000"), DateTimeOffset.MaxValue).IsValid);
    }

    [Theory]
    [InlineData("github")]
    [InlineData("shopify")]
    public void Senders_that_sign_no_time_are_accepted_at_any_time(string provider)
    {
        var source = SignedSource.Of(provider);
        source.Accepts(source.Sign(), DateTimeOffset.MinValue);
        source.Accepts(source.Sign(), DateTimeOffset.MaxValue);
    }
}
