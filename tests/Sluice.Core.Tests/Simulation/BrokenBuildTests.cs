namespace Sluice.Core.Tests.Simulation;

/// <summary>The simulation is worth what it notices: each build with a broken promise is caught, and soon.</summary>
public sealed class BrokenBuildTests(ITestOutputHelper output)
{
    private const int MostSeeds = 60;

    [Fact]
    public void An_answer_before_the_commit_is_caught() => IsCaught(BrokenBuilds.AnswerBeforeCommit, "was acknowledged and is not in the book");

    [Fact]
    public void Check_then_insert_is_caught() => IsCaught(BrokenBuilds.CheckThenInsert, "was booked twice");

    [Fact]
    public void A_missing_fence_is_caught() => IsCaught(BrokenBuilds.NoFence, "was recorded although the delivery had moved on");

    [Fact]
    public void A_claim_without_a_look_at_who_is_first_is_caught() => IsCaught(BrokenBuilds.OutOfTurn, "was handled before its turn");

    [Fact]
    public void A_lost_bell_that_is_never_rung_again_is_caught() => IsCaught(BrokenBuilds.LostBellNeverRungAgain, "nothing brings it on");

    [Fact]
    public void A_due_row_written_after_the_event_is_caught() => IsCaught(BrokenBuilds.DueRowAfterEvent, "nothing brings it on");

    [Fact]
    public void Dedupe_without_the_source_is_caught() => IsCaught(BrokenBuilds.DedupeWithoutSource, "was acknowledged and is not in the book");

    // Any breach would do for catching; that the promise which was broken is the one that is missed shows that its own check works.
    private void IsCaught(Build build, string because)
    {
        var first = 0;
        for (var seed = 1; seed <= MostSeeds; seed++)
        {
            var world = new World(seed, build, isTraced: false);
            world.Run();
            if (world.Breaches.Count > 0 && first == 0) first = seed;
            if (!world.Breaches.Any(breach => breach.Contains(because, StringComparison.Ordinal))) continue;
            output.WriteLine($"{build.Name}: noticed by seed {first}, for what it is by seed {seed}:\n{string.Join('\n', world.Breaches)}");
            return;
        }

        Assert.Fail($"{build.Name} was not caught by {MostSeeds} seeds{(first > 0 ? $", only noticed by seed {first}" : "")}");
    }
}
