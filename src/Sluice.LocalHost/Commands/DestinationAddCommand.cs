using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Destinations;
using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice destination add NAME --url U ...</c>: registers a destination. What signs it is made here where none is given, and shown once.</summary>
internal sealed class DestinationAddCommand : Command
{
    /// <summary>As many random bytes as the hash that they key gives.</summary>
    private const int SecretSize = 32;

    private static readonly Option<bool> Challenge = new("--challenge") { Description = "Register it only if the receiver answers a challenge" };
    private static readonly Option<bool> Replace = new("--replace") { Description = "Replace what is registered under this name; its signing secret stays unless another is given" };

    public DestinationAddCommand() : base("add", "Registers a destination while Sluice runs")
    {
        Add(DestinationCommand.Named);
        DestinationOptions.AddTo(this);
        Add(Challenge);
        Add(Replace);
        Add(CommonOptions.Remote);
        Add(CommonOptions.Token);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = parsed.GetValue(DestinationCommand.Named)!;
        var settings = DestinationOptions.Read(parsed, new GivenSecrets(Console.In));
        using var access = OpsAccess.Open(parsed);
        var replaces = parsed.GetValue(Replace);
        var made = Signs(settings) ? null : await SignAsync(access.Destinations, name, settings, replaces, cancellationToken);
        var asked = new Registering(settings.ToJsonString()) { Replaces = replaces, Challenges = parsed.GetValue(Challenge) };
        var answer = await access.Destinations.RegisterAsync(name, asked, cancellationToken);
        var view = answer.View ?? throw new CommandException(answer.Error!);
        if (parsed.GetValue(CommonOptions.Json))
        {
            var json = JsonSerializer.SerializeToNode(view, DestinationViewJson.Default.DestinationView)!.AsObject();
            if (made is not null) json["signSecret"] = made;
            Console.Out.WriteLine(json.ToJsonString(DestinationViewJson.Default.Options));
            return 0;
        }

        Console.Out.WriteLine($"{name} is {(answer.Result == DestinationResult.Created ? "registered" : "replaced")}: {view.Url}");
        if (made is not null) Console.Out.WriteLine($"Its receiver verifies with this secret, which is not shown again: {made}");
        return 0;
    }

    private static bool Signs(JsonObject settings) => settings.Any(setting => setting.Key.Equals("SignSecrets", StringComparison.OrdinalIgnoreCase));

    // What is replaced goes on being signed as it was: its receiver knows that secret.
    private static async Task<string?> SignAsync(IDestinationOperations destinations, string name, JsonObject settings, bool replaces, CancellationToken cancellationToken)
    {
        if (replaces && await destinations.FindAsync(name, cancellationToken) is { Settings: { } registered } && Signs(registered))
        {
            settings["SignSecrets"] = ShownSettings.Set;
            return null;
        }

        var made = $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretSize))}";
        settings["SignSecrets"] = new JsonArray(made);
        return made;
    }
}
