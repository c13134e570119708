using System.Globalization;
using Sluice.Configuration;
using Sluice.Delivery.Pacing;

namespace Sluice.Core.Tests.Delivery.Pacing;

public sealed class RateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Attempt = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(1000)]
    public void Takers_that_share_one_document_never_exceed_the_rate_by_more_than_a_tenth_in_any_ten_seconds(double rate)
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            var random = new Random(seed);
            var (pace, takers, taken) = (new Pace(), new Lane[random.Next(2, 4)], new List<DateTimeOffset>());
            for (var i = 0; i < takers.Length; i++) takers[i] = new Lane(TimeSpan.FromSeconds(60));
            // From far too many to a few more than may go; now and then nobody asks for a while.
            var pause = 1 / (rate * (1.5 + (random.NextDouble() * 4)));
            var until = Start.AddSeconds(Math.Min(120, Math.Max(30, 3000 / rate)));
            for (var now = Start; now < until; now += TimeSpan.FromSeconds(random.NextDouble() * 2 * (random.Next(500) == 0 ? pause * 100 : pause)))
            {
                if (Take(takers[random.Next(takers.Length)], new() { Rate = rate }, ref pace, now)) taken.Add(now);
            }

            AssertWithin(rate, seed, taken);
        }
    }

    [Fact]
    public void What_two_takers_want_is_given_to_them_nearly_whole()
    {
        var (pace, random) = (new Pace(), new Random(1));
        Lane[] takers = [new(TimeSpan.FromSeconds(60)), new(TimeSpan.FromSeconds(60))];
        var taken = 0;
        for (var now = Start; now < Start.AddSeconds(100); now += TimeSpan.FromSeconds(random.NextDouble() * 0.05))
        {
            if (Take(takers[random.Next(2)], new() { Rate = 10 }, ref pace, now)) taken++;
        }

        Assert.InRange(taken, 950, 1010);
    }

    [Fact]
    public void A_document_from_a_clock_that_was_set_back_is_not_believed()
    {
        var pace = new Pace { Next = Start.AddHours(1) };
        Assert.True(Take(new Lane(TimeSpan.FromSeconds(2)), new() { Rate = 10 }, ref pace, Start));
    }

    [Fact]
    public void A_permit_that_was_not_used_is_there_for_the_next()
    {
        var (pace, lane, limits) = (new Pace(), new Lane(TimeSpan.FromSeconds(2)), new DeliveryLimits { Rate = 1 });
        Assert.True(Take(lane, limits, ref pace, Start, out var permit));
        Assert.False(Take(lane, limits, ref pace, Start));
        lane.Return(permit!, isUsed: false);
        Assert.True(Take(lane, limits, ref pace, Start));
    }

    [Fact]
    public void What_has_to_wait_is_told_moments_one_after_another_and_then_to_wait_with_its_destination()
    {
        var (pace, lane, limits) = (new Pace(), new Lane(TimeSpan.FromSeconds(2)), new DeliveryLimits { Rate = 2 });
        var answers = new List<Admission>();
        while (answers is not [.., { Kind: AdmissionKind.Park }]) answers.Add(Ask(lane, limits, ref pace, Start));
        DateTimeOffset[] moments = [.. answers.Where(answer => answer.Kind == AdmissionKind.At).Select(answer => answer.Moment)];
        Assert.InRange(moments.Length, 3, 5);
        Assert.All(moments.Zip(moments.Skip(1)), pair => Assert.Equal(TimeSpan.FromSeconds(0.5), pair.Second - pair.First));
        Assert.True(moments[^1] <= Start.AddSeconds(2));
    }

    [Fact]
    public void Slots_are_shared_given_back_and_come_back_from_one_that_is_gone()
    {
        var (pace, limits) = (new Pace(), new DeliveryLimits { Concurrency = 3 });
        var (gone, other) = (new Lane(TimeSpan.FromSeconds(2)), new Lane(TimeSpan.FromSeconds(2)));
        Assert.True(Take(gone, limits, ref pace, Start, by: "gone"));
        Assert.True(Take(gone, limits, ref pace, Start, by: "gone"));
        Assert.True(Take(other, limits, ref pace, Start, out var permit, by: "other"));
        Assert.False(Take(other, limits, ref pace, Start, by: "other"));

        other.Return(permit!, isUsed: true);
        Assert.True(Take(other, limits, ref pace, Start.AddSeconds(2), by: "other"));
        Assert.False(Take(other, limits, ref pace, Start.AddSeconds(119), by: "other"));
        Assert.True(Take(other, limits, ref pace, Start.AddSeconds(121), by: "other"));
        Assert.True(Take(other, limits, ref pace, Start.AddSeconds(121), by: "other"));
        Assert.False(Take(other, limits, ref pace, Start.AddSeconds(121), by: "other"));
    }

    private static bool Take(Lane lane, DeliveryLimits limits, ref Pace pace, DateTimeOffset now, string by = "taker") => Take(lane, limits, ref pace, now, out _, by);

    private static bool Take(Lane lane, DeliveryLimits limits, ref Pace pace, DateTimeOffset now, out Permit? permit, string by = "taker")
    {
        var admission = Ask(lane, limits, ref pace, now, by);
        permit = admission.Permit;
        return admission.Kind == AdmissionKind.Now;
    }

    // As the service does it, with a document that nobody else changes meanwhile.
    private static Admission Ask(Lane lane, DeliveryLimits limits, ref Pace pace, DateTimeOffset now, string by = "taker")
    {
        for (var tries = 0; tries < 3; tries++)
        {
            var taking = lane.Take(limits, Attempt, now);
            if (taking.Needs == Needs.Nothing) return taking.Admission;
            if (lane.Ask(pace, taking.Needs, limits, by, Attempt, now) is not { } asked) continue;
            pace = asked.Pace;
            lane.Got(asked, taking.Needs);
        }

        throw new InvalidOperationException("asked in vain again and again");
    }

    private static void AssertWithin(double rate, int seed, List<DateTimeOffset> taken)
    {
        // One is always allowed: below one in ten seconds a tenth more says nothing.
        var most = Math.Max(1, rate * 11);
        for (int first = 0, last = 0; last < taken.Count; last++)
        {
            while (taken[last] - taken[first] >= TimeSpan.FromSeconds(10)) first++;
            Assert.True(last - first + 1 <= most, string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {last - first + 1} in ten seconds at {rate} a second"));
        }
    }
}
