namespace Sluice.Destinations;

/// <summary>What people write for what becomes of pending deliveries when their destination is removed.</summary>
public static class PendingWords
{
    public const string Deliver = "deliver";
    public const string Dead = "dead";
    public const string Skip = "skip";

    public static IReadOnlyList<string> All { get; } = [Deliver, Dead, Skip];

    /// <summary>Null for any other word.</summary>
    public static PendingOnRemoval? Read(string? word) => word switch
    {
        Deliver => PendingOnRemoval.Deliver,
        Dead => PendingOnRemoval.DeadLetter,
        Skip => PendingOnRemoval.Skip,
        _ => null,
    };

    public static string Write(PendingOnRemoval pending) => pending switch
    {
        PendingOnRemoval.Deliver => Deliver,
        PendingOnRemoval.DeadLetter => Dead,
        _ => Skip,
    };

    /// <summary>The three with what each does, in one line.</summary>
    /// <param name="before">What is written before the word.</param>
    public static string Choices(string before) => $"{before}{Deliver} goes on delivering it, {before}{Dead} makes dead letters of it, {before}{Skip} ends it as Skipped";
}
