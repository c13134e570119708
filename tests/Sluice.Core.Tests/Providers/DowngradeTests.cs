using System.Security.Cryptography;
using System.Text;
using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>A weaker or other scheme is never looked at (A10, A11).</summary>
public sealed class DowngradeTests
{
    private static readonly byte[] Key = Encoding.UTF8.GetBytes(SignedSource.SecretOf("github"));
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(SignedSource.Body);

    [Attack("A10")]
    [Fact]
    public void Github_refuses_a_genuine_sha1_header_alone()
    {
        var source = SignedSource.Of("github");
        source.Refuses(source.Sign().Without("X-Hub-Signature-256").Plus("X-Hub-Signature", Sha1()), SignatureResult.MissingSignature);
    }

    [Attack("A10")]
    [Fact]
    public void Github_refuses_a_genuine_sha1_beside_a_wrong_sha256()
    {
        var source = SignedSource.Of("github");
        source.Refuses(source.Sign("{}").Carrying(SignedSource.Body).Plus("X-Hub-Signature", Sha1()), SignatureResult.Mismatch);
    }

    [Fact]
    public void Github_refuses_a_genuine_sha1_in_the_sha256_header()
    {
        var source = SignedSource.Of("github");
        source.Refuses(source.Sign().With("X-Hub-Signature-256", Sha1()), SignatureResult.MalformedSignature);
        source.Refuses(source.Sign().With("X-Hub-Signature-256", Sha1().Replace("sha1", "sha256", StringComparison.Ordinal)), SignatureResult.Mismatch);
    }

    [Fact]
    public void Github_accepts_a_genuine_sha256_whatever_the_sha1_header_says()
    {
        var source = SignedSource.Of("github");
        source.Accepts(source.Sign().Plus("X-Hub-Signature", "sha1=0"));
    }

    [Attack("A10")]
    [Fact]
    public void Stripe_refuses_a_genuine_signature_under_v0()
    {
        var source = SignedSource.Of("stripe");
        source.Refuses(source.Sign().With("Stripe-Signature", $"t=1700000000,v0={source.Signature()}"), SignatureResult.MalformedSignature);
        source.Refuses(source.Sign().With("Stripe-Signature", $"t=1700000000,v1={source.Signature("x")},v0={source.Signature()}"), SignatureResult.Mismatch);
    }

    [Fact]
    public void Slack_refuses_other_versions()
    {
        var source = SignedSource.Of("slack");
        source.Refuses(source.Sign().With("X-Slack-Signature", "v1=" + source.Signature()), SignatureResult.MalformedSignature);
        source.Refuses(source.Sign().With("X-Slack-Signature", source.Signature()), SignatureResult.MalformedSignature);
    }

    [Fact]
    public void Slack_accepts_no_unsigned_ssl_check()
    {
        var source = SignedSource.Of("slack");
        var request = new SignedRequest([new("Content-Type", "application/x-www-form-urlencoded")], Encoding.UTF8.GetBytes("ssl_check=1&token=x"));
        source.Refuses(request, SignatureResult.MissingSignature);
    }

    [Fact]
    public void Standard_webhooks_refuses_a_genuine_hmac_under_another_version()
    {
        var source = SignedSource.Of("standard-webhooks");
        foreach (var version in new[] { "v1a,", "v2,", "V1,", "v0,", ",", "" })
            source.Refuses(source.Sign().With("webhook-signature", version + source.Signature()), SignatureResult.MalformedSignature);
    }

    [Fact]
    public void Hubspot_refuses_the_plain_hashes_of_older_versions()
    {
        var source = SignedSource.Of("hubspot");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("a secret of some length" + SignedSource.Body)));
        source.Refuses(source.Sign().Without("X-HubSpot-Signature-v3").Plus("X-HubSpot-Signature", hash).Plus("X-HubSpot-Signature-Version", "v1"), SignatureResult.MissingSignature);
        source.Refuses(source.Sign().With("X-HubSpot-Signature-v3", hash), SignatureResult.Mismatch);
    }

    [Attack("A10")]
    [Fact]
    public void Square_and_meta_refuse_their_sha1_headers()
    {
        foreach (var (provider, strong, weak) in new[] { ("square", "x-square-hmacsha256-signature", "x-square-signature"), ("meta", "X-Hub-Signature-256", "X-Hub-Signature") })
        {
            var source = SignedSource.Of(provider);
            source.Refuses(source.Sign().Renamed(strong, weak), SignatureResult.MissingSignature);
            source.Accepts(source.Sign().Plus(weak, "sha1=0"));
        }
    }

    [Fact]
    public void Paddle_refuses_other_names()
    {
        var source = SignedSource.Of("paddle");
        foreach (var header in new[] { $"ts=1700000000;h2={source.Signature()}", $"t=1700000000;h1={source.Signature()}", $"ts=1700000000,h1={source.Signature()}", $"ts=1700000000;h1={source.Signature()};ts=1700000000" })
            source.Refuses(source.Sign().With("Paddle-Signature", header), header);
        source.Accepts(source.Sign().With("Paddle-Signature", $"ts=1700000000;h1={source.Signature("x")};h1={source.Signature()}"));
    }

    [Attack("A11")]
    [Fact]
    public void The_request_cannot_choose_the_algorithm()
    {
        var source = SignedSource.Of("hmac");
        var sha512 = SignedSource.Of("hmac", ("Algorithm", "sha512"), ("SignaturePrefix", "sha512="));
        source.Refuses(sha512.Sign(), SignatureResult.MalformedSignature);
        source.Refuses(sha512.Sign().With("X-Signature", "sha256=" + sha512.Signature()), SignatureResult.Mismatch);
    }

#pragma warning disable CA5350 // The weak hash is the attack.
    private static string Sha1() => "sha1=" + Convert.ToHexStringLower(HMACSHA1.HashData(Key, Body));
#pragma warning restore CA5350
}
