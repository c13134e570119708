namespace Sluice.LocalHost.Sqlite;

/// <summary>The secrets that senders brought.</summary>
internal sealed partial class Book
{
    private Statement insertLearned = null!;
    private Statement readLearned = null!;

    private void PrepareLearned()
    {
        insertLearned = Prepare("INSERT INTO learned(source, secret) VALUES(?1, ?2) ON CONFLICT DO NOTHING");
        readLearned = Prepare("SELECT secret FROM learned WHERE source = ?1");
    }

    /// <summary>Keeps the secret unless the source has one; the answer is the one that stands.</summary>
    public string Learn(string source, string secret)
    {
        insertLearned.Bind(source).Bind(secret).Run();
        readLearned.Bind(source).Step();
        var stands = readLearned.Text(0);
        readLearned.Reset();
        return stands;
    }
}
