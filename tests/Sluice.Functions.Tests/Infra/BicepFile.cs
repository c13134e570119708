namespace Sluice.Functions.Tests.Infra;

/// <summary>What tests/bicep/read.mjs says of one file.</summary>
internal sealed record BicepFile(
    string File,
    BicepError[] Errors,
    string? TargetScope,
    BicepParameter[] Parameters,
    BicepVariable[] Variables,
    BicepResource[] Resources,
    BicepModule[] Modules,
    BicepOutput[] Outputs)
{
    public string Folder => Path.GetDirectoryName(File)!;

    public BicepModule Module(string name) => Modules.Single(module => module.Name == name);

    public BicepResource Resource(string name) => Resources.Single(resource => resource.Name == name);

    public override string ToString() => Path.GetRelativePath(Checkout.Root, File);
}

internal sealed record BicepError(int Line, int Column, string Text);

internal sealed record BicepParameter(string Name, string Type, bool Required, bool Secure);

internal sealed record BicepVariable(string Name, string Text, BicepProperty[] Keys, string[] Strings, string[] Uses);

internal sealed record BicepResource(string Name, string Type, bool Existing, string Text, BicepProperty[] Keys)
{
    /// <summary>The text of the one property of this name, at any depth.</summary>
    public string Property(string name) => Assert.Single(Keys, key => key.Name == name).Text;
}

internal sealed record BicepModule(string Name, string Path, BicepProperty[] Arguments)
{
    public string Argument(string name) => Assert.Single(Arguments, argument => argument.Name == name).Text;
}

internal sealed record BicepOutput(string Name, string Text);

internal sealed record BicepProperty(string Name, string Text);
