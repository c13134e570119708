using System.Diagnostics;
using Sluice.Contracts;

namespace Sluice.Functions.Tests.Wiring;

/// <summary>The programs of the three apps, started as their hosts start them.</summary>
public sealed class ProgramTests
{
    private static readonly string[] Apps = ["IngestFunction", "ProcessFunction", "RetryFunction"];

    public static TheoryData<string> Programs => [.. Apps];

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_program_without_its_settings_names_them_and_ends_with_1(string program)
    {
        var (code, said) = await StartAsync(program, []);
        Assert.Equal(1, code);
        var lines = said.Trim().Split('\n');
        Assert.Equal(program == "RetryFunction" ? 4 : 3, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("the app setting ", line, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_program_with_a_fault_in_its_configuration_names_it_and_ends_with_1(string program)
    {
        var (code, said) = await StartAsync(program, [.. Settings, ("Sluice__Retention", "soon")]);
        Assert.Equal(1, code);
        Assert.StartsWith("Sluice__Retention is 'soon'", said, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", said, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_program_with_all_its_settings_comes_as_far_as_its_host(string program)
    {
        Assert.SkipUnless(ReferenceAssemblyTests.IsReference, "The packages would wait for the Functions host");
        var (code, said) = await StartAsync(program, Settings);
        Assert.NotEqual(0, code);
        Assert.Contains("AzureSdk=package", said, StringComparison.Ordinal);
        Assert.DoesNotContain("the app setting", said, StringComparison.Ordinal);
    }

    private static (string, string)[] Settings =>
    [
        ("Tables", "DefaultEndpointsProtocol=https;AccountName=book;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net"),
        ("ServiceBus", "Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=c2VjcmV0"),
        ("EventQueue", "events"),
        ("RetrySchedule", "0 * * * * *"),
        ("Sluice__Sources__stripe__Provider", "stripe"),
        ("Sluice__Sources__stripe__Secrets__0", "whsec_of_the_test"),
        ("Sluice__Destinations__billing__Handler", "log"),
    ];

    private static async Task<(int Code, string Said)> StartAsync(string program, (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", [Path.Combine(AppContext.BaseDirectory, program + ".dll")])
        {
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var ended = await ShortProcess.RunAsync(start);
        return (ended.ExitCode, ended.Error + ended.Text);
    }
}
