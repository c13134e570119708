using System.Globalization;
using Sluice.AzureServices.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>The numbers in keys are written as the formats of the platform say them.</summary>
public sealed class DigitsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(638_000_000_000_000_000)]
    [InlineData(long.MaxValue)]
    public void Digits_with_zeros_in_front(long number)
    {
        Assert.Equal(number.ToString("D19", CultureInfo.InvariantCulture), new Digits(number, 19).ToString());
        Assert.Equal($"a{number.ToString("D19", CultureInfo.InvariantCulture)}b", $"a{new Digits(number, 19)}b");
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1234, 4)]
    [InlineData(int.MaxValue, 10)]
    public void Fewer_digits(int number, int width) => Assert.Equal(number.ToString($"D{width}", CultureInfo.InvariantCulture), new Digits(number, width).ToString());

    [Theory]
    [InlineData(0)]
    [InlineData(0x1234567890abcdef)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void All_sixteen_hexadecimal_digits(long number)
    {
        Assert.Equal(number.ToString("x16", CultureInfo.InvariantCulture), new Hex(number).ToString());
        Assert.Equal($"a{number:x16}b", $"a{new Hex(number)}b");
    }

    [Fact]
    public void Too_little_room_is_said_and_nothing_is_counted()
    {
        Assert.False(new Digits(1, 19).TryFormat(new char[18], out var written));
        Assert.Equal(0, written);
        Assert.False(new Hex(1).TryFormat(new char[15], out written));
        Assert.Equal(0, written);
    }
}
