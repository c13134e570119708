using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>The first start, and sources that cannot be used.</summary>
public sealed class StartTests : PipelineTest
{
    private static readonly byte[] Body = CloudSluice.StripeBody("evt_1");

    [Fact]
    public void Where_there_are_no_tables_the_first_webhook_makes_them()
    {
        var sluice = Open();
        Assert.Equal(200, Post(sluice).Status);
        Hear(sluice);
        IsDeliveredOnce(sluice);
        Assert.NotEmpty(sluice.Tables.Rows("SluiceBook"));
        Assert.NotEmpty(sluice.Tables.Rows("SluiceIndex"));
    }

    [Fact]
    public void Where_there_are_no_tables_the_timer_and_operators_find_nothing()
    {
        var sluice = Open();
        Tick(sluice);
        Assert.Equal(200, Run(sluice, () => sluice.OpsAsync((ops, request) => ops.EventsAsync(request))).Status);
        Assert.Equal(200, Run(sluice, () => sluice.OpsAsync((ops, request) => ops.StatsAsync(request))).Status);
    }

    [Fact]
    public void Where_there_are_no_tables_readiness_makes_them()
    {
        var sluice = Open();
        Assert.Equal(200, Run(sluice, sluice.ReadyAsync).Status);
        Assert.NotEmpty(sluice.Tables.Rows("SluiceIndex"));
    }

    [Fact]
    public void Tables_that_somebody_deleted_are_made_again()
    {
        var sluice = Open();
        Post(sluice, "evt_0");
        Pass(sluice, TimeSpan.FromMinutes(1));
        Run(sluice, async () =>
        {
            await sluice.Tables.DeleteTableAsync("SluiceBook", Cancellation);
            await sluice.Tables.DeleteTableAsync("SluiceIndex", Cancellation);
        });
        Assert.Equal(200, Post(sluice).Status);
        Pass(sluice, TimeSpan.FromMinutes(3));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_prefix_of_ones_own_names_the_tables()
    {
        var sluice = Open(("TablePrefix", "Other"));
        Post(sluice);
        Hear(sluice);
        Assert.NotEmpty(sluice.Tables.Rows("OtherBook"));
        Assert.NotEmpty(sluice.Tables.Rows("OtherIndex"));
        Assert.Empty(sluice.Tables.Rows("SluiceBook"));
    }

    [Fact]
    public void A_source_with_an_unknown_provider_alone_answers_503_and_readiness_names_it() =>
        OnlyIsClosed("other", ("Sluice:Sources:other:Provider", "nobody"), ("Sluice:Sources:other:Secrets:0", "secret_of_the_other"));

    [Fact]
    public void A_source_whose_secret_is_an_unresolved_reference_into_the_vault_alone_answers_503_and_readiness_names_it() =>
        OnlyIsClosed("other", ("Sluice:Sources:other:Provider", "shopify"), ("Sluice:Sources:other:Secrets:0", "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/other)"));

    [Fact]
    public void A_source_without_a_secret_alone_answers_503_and_readiness_names_it() => OnlyIsClosed("other", ("Sluice:Sources:other:Provider", "github"));

    private void OnlyIsClosed(string source, params (string, string)[] settings)
    {
        var sluice = Open(settings);
        var closed = Run(sluice, () => sluice.PostAsync(source, Body, [new("Content-Type", "application/json")]));
        Assert.Equal((503, "5"), (closed.Status, closed.Headers.RetryAfter.ToString()));
        Assert.Equal(200, Post(sluice).Status);
        var ready = Run(sluice, sluice.ReadyAsync);
        Assert.Equal(503, ready.Status);
        Assert.Contains($"source {source} accepts nothing", ready.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("source stripe", ready.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret_of_the_other", ready.Body, StringComparison.Ordinal);
        Hear(sluice);
        IsDeliveredOnce(sluice);
    }
}
