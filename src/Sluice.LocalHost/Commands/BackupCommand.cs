using System.CommandLine;
using Microsoft.Data.Sqlite;
using Sluice.LocalHost.Hosting;
using Sluice.LocalHost.Sqlite;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice backup FILE</c>: a copy of the book as of now, while it is in use or not.</summary>
internal sealed class BackupCommand : Command
{
    private static readonly Argument<string> Target = new("FILE") { Description = "The file to write; it must not exist" };

    public BackupCommand() : base("backup", "Copies the book into a file, also while Sluice runs")
    {
        Add(Target);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var database = new Database(CommonOptions.Folder(parsed).Path);
        var target = Path.GetFullPath(parsed.GetValue(Target)!);
        if (!File.Exists(database.File)) throw new CommandException($"there is no {database.File} to copy; name its folder with --data");
        if (File.Exists(target)) throw new CommandException($"{target} exists already; name a new file");

        var unfinished = target + ".unfinished";
        try
        {
            // An empty file is what SQLite takes for a new one; made here, its events are for the owner alone.
            DataFolder.WriteSecret(unfinished, "");
            await Job.RunAsync("Copying", _ => Task.Run(() => Copy(database, unfinished), cancellationToken));
            File.Move(unfinished, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
            throw new CommandException($"cannot write {target} ({e.Message}); nothing was left there");
        }

        if (!parsed.GetValue(CommonOptions.Json)) Output.Person.WriteLine($"{target}: {new FileInfo(target).Length} bytes. To use it, make it the {Database.FileName} of an empty data folder.");
        return 0;
    }

    private static void Copy(Database database, string target)
    {
        using (var connection = database.OpenReader())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "VACUUM INTO $target";
            command.Parameters.AddWithValue("$target", target);
            command.ExecuteNonQuery();
        }

        // A backup that is said to be there survives the power.
        using var file = new FileStream(target, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }
}
