using System.Text.RegularExpressions;

namespace Sluice.Functions.Tests.Infra;

public sealed class BicepModuleTests
{
    [Fact]
    public void Every_file_parses()
    {
        Assert.NotEmpty(BicepFiles.All);
        Assert.All(BicepFiles.All, file => Assert.True(file.Errors.Length == 0, $"{file}: {string.Join("; ", file.Errors.AsEnumerable())}"));
    }

    [Fact]
    public void The_main_file_deploys_to_a_subscription_and_its_modules_to_its_resource_group()
    {
        Assert.Equal("subscription", BicepFiles.Main.TargetScope);
        Assert.All(BicepFiles.All.Where(file => file != BicepFiles.Main), file => Assert.Null(file.TargetScope));
    }

    [Fact]
    public void Every_module_is_there_and_every_file_is_used()
    {
        var used = Calls().Select(call => Path.GetFullPath(call.Module.Path, call.Caller.Folder)).ToHashSet();
        Assert.All(used, path => Assert.True(File.Exists(path), $"{path} is not there"));
        Assert.DoesNotContain(BicepFiles.All, file => file != BicepFiles.Main && !used.Contains(file.File));
    }

    [Fact]
    public void Every_required_parameter_is_passed_and_no_unknown_one()
    {
        foreach (var (caller, module) in Calls())
        {
            var target = BicepFiles.Target(caller, module);
            var passed = module.Arguments.Select(argument => argument.Name).ToArray();
            Assert.Equal(passed.Distinct(), passed);
            AssertNone(target.Parameters.Where(parameter => parameter.Required).Select(parameter => parameter.Name).Except(passed), $"{module.Name} lacks");
            AssertNone(passed.Except(target.Parameters.Select(parameter => parameter.Name)), $"{module.Name} is given");
        }
    }

    [Fact]
    public void Every_output_that_is_asked_for_is_there()
    {
        foreach (var file in BicepFiles.All)
        {
            var text = File.ReadAllText(file.File);
            foreach (var module in file.Modules)
            {
                var outputs = BicepFiles.Target(file, module).Outputs.Select(output => output.Name).ToHashSet();
                var asked = Regex.Matches(text, $@"\b{module.Name}!?\.outputs\.(\w+)").Select(match => match.Groups[1].Value);
                AssertNone(asked.Except(outputs), $"{file}: {module.Name} has no output");
            }
        }
    }

    [Fact]
    public void Every_parameter_and_variable_is_used()
    {
        foreach (var file in BicepFiles.All)
        {
            // Without the keys of objects, which are often named alike.
            var text = Regex.Replace(File.ReadAllText(file.File), @"(?m)^\s*\w+\s*:", "");
            var names = file.Parameters.Select(parameter => parameter.Name).Concat(file.Variables.Select(variable => variable.Name));
            AssertNone(names.Where(name => Regex.Count(text, $@"(?<![\w'@]){name}\b") < 2), $"{file} does not use");
        }
    }

    [Fact]
    public void No_output_carries_a_credential()
    {
        var outputs = BicepFiles.All.SelectMany(file => file.Outputs).ToArray();
        Assert.NotEmpty(outputs);
        // A vault's name is none.
        Assert.All(outputs, output => Assert.DoesNotMatch(
            "(?i)secret|key|connectionString|password|credential|sas",
            $"{output.Name} {output.Text.Replace("keyVault.outputs.name", "", StringComparison.Ordinal)}"));
    }

    [Fact]
    public void Only_plain_resources_are_used() =>
        Assert.All(Calls(), call => Assert.DoesNotMatch("^(br|ts)[:/]", call.Module.Path));

    private static IEnumerable<(BicepFile Caller, BicepModule Module)> Calls() =>
        BicepFiles.All.SelectMany(file => file.Modules.Select(module => (file, module)));

    private static void AssertNone(IEnumerable<string> names, string what) => Assert.True(!names.Any(), $"{what} {string.Join(", ", names)}");
}
