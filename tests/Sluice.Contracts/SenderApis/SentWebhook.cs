namespace Sluice.Contracts.SenderApis;

/// <summary>A webhook that a sender has once made and can send again.</summary>
public sealed record SentWebhook(string Id, string Type, string Body, DateTimeOffset At);
