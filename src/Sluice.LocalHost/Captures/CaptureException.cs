namespace Sluice.LocalHost.Captures;

/// <summary>
/// A file is not the captured request it was said to be. The message follows the file's name, in one line with the fix, and repeats
/// nothing of what the file holds: that may be a secret.
/// </summary>
internal sealed class CaptureException(string message) : Exception(message);
