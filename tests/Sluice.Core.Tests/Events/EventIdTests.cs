namespace Sluice.Core.Tests.Events;

public sealed class EventIdTests
{
    [Theory]
    [InlineData("stripe", "evt_1", "a614a71e404480d5e8d3f202d01788f3")]
    [InlineData("slack", "Evé☕", "0373d02bca26f9d8c0ccba3b4d1c673f")]
    public void An_id_is_the_first_half_of_the_sha256_of_source_zero_and_key(string source, string key, string id) =>
        // printf 'stripe\0evt_1' | sha256sum
        Assert.Equal(id, EventId.Of(source, key).ToString());

    [Fact]
    public void A_key_of_two_kilobytes_is_hashed_whole() =>
        Assert.Equal("f2c22fb84ecda7d5124385470e4bc7f3", EventId.Of("shop", new string('x', 2000)).ToString());

    [Fact]
    public void Another_source_or_another_key_is_another_event()
    {
        string[] ids = [EventId.Of("a", "b").ToString(), EventId.Of("a", "c").ToString(), EventId.Of("b", "b").ToString(), EventId.Of("ab", "").ToString(), EventId.Of("", "ab").ToString()];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Text_and_bytes_read_back_as_the_same_id_in_the_same_order()
    {
        var bytes = new byte[16];
        EventId? last = null;
        foreach (var id in Enumerable.Range(0, 1000).Select(i => EventId.Of("a", $"{i}")).Order())
        {
            Assert.True(EventId.TryParse(id.ToString(), out var read));
            Assert.Equal(id, read);
            id.CopyTo(bytes);
            Assert.Equal(id, EventId.FromBytes(bytes));
            Assert.Equal(id.ToString(), Convert.ToHexStringLower(bytes));
            if (last is { } before) Assert.True(before < id && string.CompareOrdinal(before.ToString(), id.ToString()) < 0);
            last = id;
        }
    }

    [Fact]
    public void An_id_is_always_32_lower_case_digits()
    {
        Assert.Equal(new string('0', 32), default(EventId).ToString());
        var text = new char[32];
        EventId.FromBytes(new byte[] { 0, 0xab, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }).Format(text);
        Assert.Equal("00ab0000000000000000000000000001", new string(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a614a71e404480d5e8d3f202d01788f")]
    [InlineData("a614a71e404480d5e8d3f202d01788f33")]
    [InlineData("g614a71e404480d5e8d3f202d01788f3")]
    [InlineData(" 614a71e404480d5e8d3f202d01788f3")]
    [InlineData("a614a71e404480d5e8d3f202d01788f ")]
    [InlineData("+614a71e404480d5e8d3f202d01788f3")]
    [InlineData("0xa614a71e404480d5e8d3f202d01788")]
    [InlineData("a614a71e-4044-80d5-e8d3-f202d017")]
    [InlineData("١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩٠١٢")]
    [InlineData("../../../../../../etc/passwd0000")]
    public void Anything_else_is_no_id(string? text) => Assert.False(EventId.TryParse(text, out _));
}
