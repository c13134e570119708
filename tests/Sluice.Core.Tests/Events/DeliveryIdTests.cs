using Sluice.Events;

namespace Sluice.Core.Tests.Events;

public sealed class DeliveryIdTests
{
    private const string Event = "a614a71e404480d5e8d3f202d01788f3";

    [Fact]
    public void A_delivery_is_written_as_event_and_destination_and_read_back()
    {
        var id = new DeliveryId(EventId.Of("stripe", "evt_1"), "billing");
        Assert.Equal($"{Event}/billing", id.ToString());
        Assert.True(DeliveryId.TryParse(id.ToString(), out var read));
        Assert.Equal(id, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/billing")]
    [InlineData("billing")]
    [InlineData(Event)]
    [InlineData(Event + "/")]
    [InlineData(Event + "billing")]
    [InlineData("0" + Event + "/billing")]
    [InlineData("a614a71e404480d5e8d3f202d01788f/billing")]
    [InlineData("g614a71e404480d5e8d3f202d01788f3/billing")]
    public void Anything_else_is_no_delivery(string? text) => Assert.False(DeliveryId.TryParse(text, out _));
}
